"""Runs a command on a terminal of its own. Usage: terminal.py COLUMNS ROWS COMMAND [ARGUMENT ...]"""
import fcntl, os, pty, select, signal, struct, sys, termios

columns, rows, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
    os.execvp(command[0], command)
# The command gets the signal as a program on a closed terminal gets it.
signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGHUP))
sources = [0, terminal]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:  # The command has ended, and with it the terminal.
            data = b''
        if not data:
            sources.remove(source)
        elif source == terminal:
            os.write(1, data)
        else:
            os.write(terminal, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
