"""interrupt.py MARK COMMAND...: runs the command, presses Ctrl-C once the file MARK is there, ends with its status."""
import os
import signal
import subprocess
import sys
import time

mark, *command = sys.argv[1:]
process = subprocess.Popen(command)
while not os.path.exists(mark) and process.poll() is None:
    time.sleep(0.01)
process.send_signal(signal.SIGINT)
status = process.wait()
sys.exit(status if status >= 0 else 128 - status)
