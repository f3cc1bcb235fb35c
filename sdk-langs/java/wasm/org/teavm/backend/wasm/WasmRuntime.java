package org.teavm.backend.wasm;

import org.delchain.Fatal;
import org.teavm.backend.wasm.runtime.WasmSupport;
import org.teavm.interop.Address;
import org.teavm.interop.StaticInit;
import org.teavm.interop.Unmanaged;
import org.teavm.runtime.RuntimeObject;

/**
 * TeaVM 0.13.1's class of this name (Copyright 2016 Alexey Andreev, Apache-2.0) with one change:
 * the stack of object references has an end, and a call that reaches it reverts. The code generator
 * names the other methods.
 */
@StaticInit
public final class WasmRuntime {
    private WasmRuntime() {}

    @Unmanaged
    public static int compare(int a, int b) {
        return gt(a, b) ? 1 : lt(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static int compareUnsigned(int a, int b) {
        return gtu(a, b) ? 1 : ltu(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static int compareUnsigned(long a, long b) {
        return gtu(a, b) ? 1 : ltu(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static int compare(long a, long b) {
        return gt(a, b) ? 1 : lt(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static int compare(float a, float b) {
        return gt(a, b) ? 1 : lt(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static int compare(double a, double b) {
        return gt(a, b) ? 1 : lt(a, b) ? -1 : 0;
    }

    @Unmanaged
    public static native float min(float a, float b);

    @Unmanaged
    public static native double min(double a, double b);

    @Unmanaged
    public static native float max(float a, float b);

    @Unmanaged
    public static native double max(double a, double b);

    @Unmanaged
    public static float remainder(float a, float b) {
        return a - (float) (int) (a / b) * b;
    }

    @Unmanaged
    public static double remainder(double a, double b) {
        return a - (double) (long) (a / b) * b;
    }

    @Unmanaged
    private static native boolean lt(int a, int b);

    @Unmanaged
    private static native boolean gt(int a, int b);

    @Unmanaged
    private static native boolean ltu(int a, int b);

    @Unmanaged
    private static native boolean gtu(int a, int b);

    @Unmanaged
    private static native boolean lt(long a, long b);

    @Unmanaged
    private static native boolean gt(long a, long b);

    @Unmanaged
    private static native boolean ltu(long a, long b);

    @Unmanaged
    private static native boolean gtu(long a, long b);

    @Unmanaged
    private static native boolean lt(float a, float b);

    @Unmanaged
    private static native boolean gt(float a, float b);

    @Unmanaged
    private static native boolean lt(double a, double b);

    @Unmanaged
    private static native boolean gt(double a, double b);

    @Unmanaged
    public static Address align(Address address, int alignment) {
        int value = address.toInt();
        if (value == 0) {
            return address;
        }
        value = ((value - 1) / alignment + 1) * alignment;
        return Address.fromInt(value);
    }

    @Unmanaged
    public static int align(int value, int alignment) {
        if (value == 0) {
            return value;
        }
        value = ((value - 1) / alignment + 1) * alignment;
        return value;
    }

    @Unmanaged
    public static void printString(String s) {
        WasmSupport.printString(s);
    }

    @Unmanaged
    public static void printInt(int i) {
        WasmSupport.printInt(i);
    }

    @Unmanaged
    public static void printOutOfMemory() {
        WasmSupport.printOutOfMemory();
    }

    @Unmanaged
    public static void fillZero(Address address, int count) {
        fill(address, (byte) 0, count);
    }

    @Unmanaged
    public static void fill(Address address, byte value, int count) {}

    @Unmanaged
    public static Address allocStack(int size) {
        Address stack = WasmHeap.stack;
        Address result = stack.add(4);
        stack = result.add((size << 2) + 4);
        stack.putInt(size);
        if (WasmHeap.stackLimit.isLessThan(stack)) Fatal.stackOverflow();
        WasmHeap.stack = stack;
        return result;
    }

    @Unmanaged
    public static Address getStackTop() {
        return WasmHeap.stack != WasmHeap.stackAddress ? WasmHeap.stack : null;
    }

    @Unmanaged
    public static Address getNextStackFrame(Address stackFrame) {
        int size = stackFrame.getInt() + 2;
        Address result = stackFrame.add(-size * 4);
        if (result == WasmHeap.stackAddress) {
            result = null;
        }
        return result;
    }

    @Unmanaged
    public static int getStackRootCount(Address stackFrame) {
        return stackFrame.getInt();
    }

    @Unmanaged
    public static Address getStackRootPointer(Address stackFrame) {
        int size = stackFrame.getInt();
        return stackFrame.add(-size * 4);
    }

    @Unmanaged
    private static Address getExceptionHandlerPtr(Address stackFrame) {
        int size = stackFrame.getInt();
        return stackFrame.add(-size * 4 - 4);
    }

    @Unmanaged
    public static int getCallSiteId(Address stackFrame) {
        return getExceptionHandlerPtr(stackFrame).getInt();
    }

    @Unmanaged
    public static void setExceptionHandlerId(Address stackFrame, int id) {
        var addr = getExceptionHandlerPtr(stackFrame);
        addr.putInt(addr.getInt() + id + 2);
    }

    @Unmanaged
    public static void setExceptionHandlerSkip(Address stackFrame) {
        var addr = getExceptionHandlerPtr(stackFrame);
        addr.putInt(addr.getInt() + 1);
    }

    @Unmanaged
    public static void setExceptionHandlerRestore(Address stackFrame) {
        var addr = getExceptionHandlerPtr(stackFrame);
        addr.putInt(addr.getInt() - 1);
    }

    /** Contracts have no resources. */
    public static String[] resourceMapKeys(Address map) {
        return new String[0];
    }

    @Unmanaged
    public static Address lookupResource(Address map, String string) {
        return null;
    }

    @Unmanaged
    public static Address lookupResource(Address map, Address key) {
        return null;
    }

    @Unmanaged
    public static native void callFunctionFromTable(int index, RuntimeObject instance);
}
