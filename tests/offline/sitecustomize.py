"""On the Python path of a process, this keeps it off the network: whatever asks for another machine
gets an error. tests/test_lessons.py puts it into every notebook's kernel.

It sees what goes through Python's sockets, which downloads of Keras and scikit-learn do.
"""

import socket
import sys

HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None, socket.gethostname()}


def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a socket that is a file
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in HERE:
        raise PermissionError(f"lessons run without a network, but {host} was asked for")


sys.addaudithook(refuse)
