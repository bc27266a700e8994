#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""transcript.py NAME=VALUE...: conversations with gitcell-serve, read from standard input.

A conversation begins with "= TITLE" and is a list of lines, played in order:

	C: TEXT		send a pkt-line. \\0, \\n, \\\\ and \\xNN are bytes; @NAME@ is a VALUE.
	C! TEXT		send bytes as they are
	C* N TEXT	send N pkt-lines; %-formats in TEXT get the number of the line
	C! N TEXT	(with "*" as in C!* N TEXT) the same as bytes
	C< FILE		send what is in the file
	C: <flush>	also <delim>, <end>, <half-close>, <close>, <wait SECONDS>
	S: TEXT		the next pkt-line is this one, apart from an LF at its end
	S~ REGEX	the next pkt-line matches
	S* REGEX	so does a later one; those before it are passed over
	S% REGEX	all bytes up to end of file match
	S: <flush>	also <delim>, <EOF>
	! COMMAND	run by the shell, here
	@ KEY VALUE	deadline SECONDS; socket NAME; chunk BYTES; hold N (connections meanwhile);
			status N; log REGEX; memory MIB; direct SERVICE PATH; slow (bytes unread)
	# a comment

After each: the server is gone in time, with one line in the log, of printable ASCII, that has no sign
of a crash; the refs are as before; nothing temporary is left; and a good client is served.
Prints TAP; see violations.sh.
"""
import hashlib
import os
import re
import shlex
import socket
import subprocess
import sys
import time

VALUES = dict(a.split('=', 1) for a in sys.argv[1:])
MARKS = {'flush': b'0000', 'delim': b'0001', 'end': b'0002'}
GONE_WITHIN = 4
STATUSES = (0, 70, 71, 128)
MIB = 1024


class Failed(Exception):
    pass


# --- bytes ---------------------------------------------------------------------------------------

def unescape(text):
    text = re.sub(r'@(\w+)@', lambda m: VALUES[m[1]], text)
    out = re.sub(r'\\(0|n|\\|x[0-9a-f]{2})', lambda m: {
        '0': '\0', 'n': '\n', '\\': '\\'}.get(m[1]) or chr(int(m[1][1:], 16)), text)
    return out.encode('latin-1')


def pkt(data):
    return b'%04x' % (len(data) + 4) + data


def shown(data):
    return ''.join(chr(b) if 32 <= b < 127 else '\\x%02x' % b for b in data)


# --- the server, from outside ----------------------------------------------------------------------

def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return b''


def children(pid):
    found = []
    for child in read('/proc/%d/task/%d/children' % (pid, pid)).split():
        found += [int(child)] + children(int(child))
    return found


def is_alive(pid):
    stat = read('/proc/%d/stat' % pid)
    return bool(stat) and stat.rsplit(b')', 1)[1].split()[0] not in b'ZX'


def anonymous_kib(pid):
    """Memory that is not a mapping of a file: what RLIMIT_DATA is about."""
    found = re.search(rb'^RssAnon:\s*(\d+)', read('/proc/%d/status' % pid), re.M)
    return int(found[1]) if found else 0


def repository_state(root):
    """Refs with their values, and what is temporary, of everything below ROOT."""
    refs, temporary = hashlib.sha1(), []
    for at, dirs, files in os.walk(root):
        dirs.sort()
        temporary += [os.path.join(at, n) for n in dirs + files
                      if n.startswith('tmp_') or n.endswith('.lock') or 'gitcell' in n]
        if '/objects' in at or '/hooks' in at:
            continue
        for name in sorted(files):
            path = os.path.join(at, name)
            if os.path.isfile(path) and os.path.getsize(path) < 1 << 20:
                refs.update(path.encode() + b'\0' + read(path))
    return refs.hexdigest(), temporary


class Server:
    """One listener: its socket, its log, and systemd-socket-activate's pid."""

    def __init__(self, name):
        self.name = name
        self.socket = VALUES.get('socket_' + name)
        self.log = VALUES.get('log_' + name)
        self.pid = int(VALUES.get('pid_' + name, 0))
        self.seen = len(read(self.log)) if self.log else 0

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(10)
        s.connect(self.socket)
        return s

    def news(self):
        """The log since the last call: (lines of ours, statuses of those that ended)."""
        text = read(self.log)[self.seen:]
        text = text[:text.rfind(b'\n') + 1]
        self.seen += len(text)
        ours = [l for l in text.splitlines() if b'verdict=' in l]
        statuses = [int(n) for n in re.findall(rb'died with code (\d+)', text)]
        if not all(32 <= b < 127 or b == 10 for b in text):
            raise Failed('the log has bytes that are not printable: %r' % text[-300:])
        return ours, statuses


# --- a conversation --------------------------------------------------------------------------------

class Conversation:
    def __init__(self, title):
        self.title, self.lines = title, []
        self.options = {'deadline': '10', 'socket': 'main', 'memory': '64'}
        self.buffer, self.at, self.eof, self.peak = bytearray(), 0, False, 0
        self.process = self.conn = self.server = None
        self.held = []
        self.pids = set()

    def option(self, name):
        return self.options.get(name)

    # the connection

    def open(self):
        if self.option('direct'):
            self.conn, theirs = socket.socketpair()
            self.process = subprocess.Popen(
                [VALUES['serve'], *shlex.split(unescape(self.option('direct')).decode())],
                stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL,
                env={'GIT_PROTOCOL': self.option('protocol') or ''})
            theirs.close()
            self.pids = {self.process.pid}
            return
        self.server = SERVERS[self.option('socket')]
        self.server.news()
        self.held = [self.server.connect() for _ in range(int(self.option('hold') or 0))]
        for s in self.held:
            s.sendall(pkt(unescape(VALUES['hello'])))
            s.recv(4)
        before = set(children(self.server.pid))
        self.conn = self.server.connect()
        for _ in range(100):
            self.pids = set(children(self.server.pid)) - before
            if self.pids:
                break
            time.sleep(0.005)

    def look(self):
        for pid in list(self.pids):
            self.pids |= set(children(pid))
        self.peak = max([self.peak] + [anonymous_kib(p) for p in self.pids])

    def send(self, data):
        chunk = int(self.option('chunk') or 65536)
        left = memoryview(data)
        self.conn.settimeout(0.05)
        while len(left):
            if time.monotonic() > self.until:
                raise Failed('the server does not take what is sent')
            self.look()
            try:
                left = left[self.conn.send(left[:chunk]):]
            except socket.timeout:
                if not self.option('slow'):
                    self.receive(0)
            except (BrokenPipeError, ConnectionResetError):
                return  # what it says about that is checked by the lines that follow

    def receive(self, wait=0.05):
        if self.eof:
            return
        self.look()
        self.conn.settimeout(wait or 0.001)
        try:
            data = self.conn.recv(1 << 20)
        except socket.timeout:
            return
        except ConnectionResetError:
            data = b''
        self.buffer += data
        self.eof = not data

    def need(self, size):
        while len(self.buffer) - self.at < size and not self.eof:
            if time.monotonic() > self.until:
                raise Failed('nothing more came in time; %s' % shown(self.take(200)))
            self.receive()
        return len(self.buffer) - self.at >= size

    def take(self, size):
        data = bytes(self.buffer[self.at:self.at + size])
        self.at += size
        if self.at > 1 << 20:
            del self.buffer[:self.at]
            self.at = 0
        return data

    def next(self):
        """The next pkt-line: "<flush>" and the like, or its bytes."""
        if not self.need(4):
            if len(self.buffer) > self.at:
                raise Failed('a length is cut off: ' + shown(self.take(4)))
            return '<EOF>'
        size = int(self.take(4), 16)
        if size < 4:
            return ['<flush>', '<delim>', '<end>'][size]
        if not self.need(size - 4):
            raise Failed('a pkt-line is cut off: ' + shown(self.take(200)))
        data = self.take(size - 4)
        if data.startswith(b'ERR '):
            self.half_close()  # there is nothing more to say, and it waits a moment for that
        return data

    # the lines

    def half_close(self):
        try:
            self.conn.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server was first

    def play_client(self, kind, text):
        mark = re.fullmatch(r'<([\w-]+)(?: ([\d.]+))?>', text)
        if kind in ('C*', 'C!*'):
            count, text = text.split(' ', 1)
            frame = pkt if kind == 'C*' else bytes
            text = unescape(text)
            many = int(count)
            for start in range(0, many, 10000):
                self.send(b''.join(frame(text % i if b'%' in text else text)
                                   for i in range(start, min(start + 10000, many))))
        elif kind == 'C<':
            self.send(read(text))
        elif kind == 'C!':
            self.send(unescape(text))
        elif not mark:
            self.send(pkt(unescape(text)))
        elif mark[1] in MARKS:
            self.send(MARKS[mark[1]])
        elif mark[1] == 'wait':
            end = time.monotonic() + float(mark[2])
            while time.monotonic() < end:
                self.look()
                time.sleep(0.02)
        elif mark[1] == 'half-close':
            self.half_close()
        elif mark[1] == 'close':
            self.conn.close()
            self.eof = True
        else:
            raise Failed('no such mark: ' + text)

    def play_server(self, kind, text):
        if kind == 'S%':
            while not self.eof:
                self.need(len(self.buffer) - self.at + 1)
            got = shown(self.take(len(self.buffer)))
            if 'SHOW' in os.environ:
                print('# ' + got[:300] + '...' + got[-300:])
            if not re.search(text, got):
                raise Failed('got  %s\nwant /%s/' % (got[-300:], text))
            return
        while True:
            got = self.next()
            if isinstance(got, bytes):
                got = shown(got[:-1] if got.endswith(b'\n') else got)
            want = text if text.startswith('<') else shown(unescape(text))
            if got == want if kind == 'S:' else re.search(text, got):
                return
            if kind != 'S*' or got == '<EOF>':
                raise Failed('got  %s\nwant %s %s' % (got[:300], kind, text))

    def play(self):
        self.until = time.monotonic() + float(self.option('deadline'))
        for kind, text in self.lines:
            text = re.sub(r'@(\w+)@', lambda m: VALUES[m[1]], text)
            if kind == '!':
                subprocess.run(text, shell=True, check=True)
            else:
                (self.play_client if kind[0] == 'C' else self.play_server)(kind, text)

    # and afterwards

    def wait_until_gone(self):
        end = time.monotonic() + GONE_WITHIN
        while any(is_alive(p) for p in self.pids):
            self.look()
            if self.process:
                self.process.poll()
            if time.monotonic() > end:
                raise Failed('the server is still there: %s' % sorted(self.pids))
            time.sleep(0.005)

    def check_log(self):
        lines, statuses = [], []
        for _ in range(200):
            more = self.server.news()
            lines, statuses = lines + more[0], statuses + more[1]
            if len(statuses) > len(self.held):
                break
            time.sleep(0.01)
        if any(s not in STATUSES for s in statuses):
            raise Failed('a server died of %s' % statuses)
        if len(lines) != len(statuses):
            raise Failed('%d lines in the log of %d connections: %s' % (
                len(lines), len(statuses), lines))
        if self.option('status') and int(self.option('status')) not in statuses:
            raise Failed('exit status %s' % statuses)
        if self.option('log') and not any(re.search(self.option('log'), l.decode()) for l in lines):
            raise Failed('log: %s' % lines)

    def check(self):
        for s in self.held + [self.conn]:
            s.close()
        self.wait_until_gone()
        if self.process:
            status = self.process.wait()
            if status not in STATUSES:
                raise Failed('the server died of %d' % status)
        else:
            self.check_log()
        if self.peak > int(self.option('memory')) * MIB:
            raise Failed('it took %d KiB of memory' % self.peak)

    def run(self):
        self.open()
        try:
            self.play()
        except Failed as first:
            try:
                self.check()
            except Failed as second:
                raise Failed('%s\nand then %s' % (first, second))
            raise
        self.check()


def check_world():
    state, temporary = repository_state(VALUES['root'])
    left = set(temporary) - set(STATE[1])
    if left:
        raise Failed('left behind: %s' % sorted(left))
    if state != STATE[0]:
        raise Failed('the refs or the config have changed')


def check_good_client():
    c = Conversation('')
    c.lines = [('C:', VALUES['hello']), ('S:', 'version 2'), ('S*', '^<flush>$'),
               ('C:', 'command=ls-refs'), ('C:', '<flush>'), ('S~', ' HEAD$'), ('S*', '^<flush>$'),
               ('C:', '<half-close>'), ('S:', '<EOF>')]
    c.run()


def conversations(lines):
    current = None
    for line in lines:
        line = line.rstrip('\n')
        if line.startswith('= '):
            if current:
                yield current
            current = Conversation(line[2:])
        elif line.startswith('@ '):
            key, _, value = line[2:].partition(' ')
            current.options[key] = value or 'yes'
        elif line and not line.startswith('#'):
            kind, _, text = line.partition(' ')
            current.lines.append((kind, text))
    if current:
        yield current


def main():
    count = failures = 0
    for c in conversations(sys.stdin):
        count += 1
        started = time.monotonic()
        try:
            c.run()
            check_world()
            check_good_client()
            print('ok %d - %s' % (count, c.title))
        except (Failed, OSError, ValueError) as e:
            failures += 1
            print('not ok %d - %s' % (count, c.title))
            print('# ' + str(e).replace('\n', '\n# '))
        if 'TIMES' in os.environ:
            print('# %.2f s, %d KiB' % (time.monotonic() - started, c.peak))
        sys.stdout.flush()
    print('1..%d' % count)
    return failures > 0


SERVERS = {n[7:]: Server(n[7:]) for n in VALUES if n.startswith('socket_')}
STATE = repository_state(VALUES['root'])

if __name__ == '__main__':
    sys.exit(main())
