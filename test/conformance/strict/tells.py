import os, random, socket, tempfile, threading, time, uuid

before = time.monotonic()
time.sleep(1000)
print(time.time(), time.monotonic() - before, time.process_time(), time.localtime())
print(os.urandom(8).hex(), random.random(), uuid.uuid4(), uuid.uuid1())
print(hash("abc"), {"a", "b", "c", "d", "e"}, id(object()))
print(os.getpid(), os.getppid(), threading.get_native_id(), socket.gethostname(), os.cpu_count())
print(os.stat("/bridge"), os.listdir("/"), tempfile.mktemp(), os.uname())
child = os.fork()
if child == 0:
    os._exit(os.urandom(1)[0])
print(child, os.waitpid(child, 0))
words = []
threads = [threading.Thread(target=lambda: words.append((threading.get_native_id(), os.urandom(4).hex()))) for _ in range(4)]
for thread in threads:
    thread.start()
    thread.join()
print(words)
