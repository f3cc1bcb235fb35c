final class TokenExports {
    private TokenExports() {}

    @org.teavm.interop.Export(name = "user_entrypoint")
    static int call(int length) {
        return org.delchain.Program.call(new TokenEntry(), length);
    }

    @org.teavm.interop.Export(name = "user_constructor")
    static int construct(int length) {
        return org.delchain.Program.construct(new TokenEntry(), length);
    }

    public static void main(String[] arguments) {}
}
