#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""push-crafted.py PROGRAM DIRECTORY: pushes that no git would send.

Speaks receive-pack with PROGRAM on fresh repositories below DIRECTORY: damaged packs, bombs, lies,
and requests of odd shapes. Prints "ok TEXT" or "not ok TEXT" for each; push.sh counts them.
"""
import hashlib
import os
import select
import shlex
import shutil
import struct
import subprocess
import sys
import time
import zlib

PROGRAM, SCRATCH = shlex.split(sys.argv[1]), sys.argv[2]
NULL = '0' * 40
CAPS = 'report-status side-band-64k agent=crafted/1'
TYPES = {'commit': 1, 'tree': 2, 'blob': 3, 'tag': 4}
DEADLINE = 120


# --- objects and packs -----------------------------------------------------------------------

def oid(kind, content):
    return hashlib.sha1(b'%s %d\0' % (kind.encode(), len(content)) + content).hexdigest()


def header(kind, size):
    byte, size, out = (kind << 4) | (size & 15), size >> 4, b''
    while size:
        out += bytes([byte | 0x80])
        byte, size = size & 0x7f, size >> 7
    return out + bytes([byte])


def whole(kind, content, size=None, body=None):
    return (header(TYPES[kind], len(content) if size is None else size) +
            (zlib.compress(content) if body is None else body))


def distance(n):
    out = bytes([n & 0x7f])
    n >>= 7
    while n:
        n -= 1
        out = bytes([0x80 | (n & 0x7f)]) + out
        n >>= 7
    return out


def varint(n):
    out = b''
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def copy(offset, size):
    op, args = 0x80, b''
    for i in range(4):
        if offset >> (8 * i) & 255:
            op |= 1 << i
            args += bytes([offset >> (8 * i) & 255])
    for i in range(3):
        if size >> (8 * i) & 255:
            op |= 0x10 << i
            args += bytes([size >> (8 * i) & 255])
    return bytes([op]) + args


def insert(data):
    return bytes([len(data)]) + data


def delta(base_len, result_len, *ops):
    return varint(base_len) + varint(result_len) + b''.join(ops)


def ofs_delta(back, instructions):
    return header(6, len(instructions)) + distance(back) + zlib.compress(instructions)


def ref_delta(base, instructions):
    return header(7, len(instructions)) + bytes.fromhex(base) + zlib.compress(instructions)


def pack(*entries, count=None, version=2, magic=b'PACK', trailer=None):
    body = magic + struct.pack('>II', version, len(entries) if count is None else count)
    body += b''.join(entries)
    return body + (hashlib.sha1(body).digest() if trailer is None else trailer)


IDENT = b'A U Thor <author@example.com> 1700000000 +0000'


def commit(tree, *parents, text=b'text\n'):
    lines = [b'tree ' + tree.encode()] + [b'parent ' + p.encode() for p in parents]
    return b'\n'.join(lines + [b'author ' + IDENT, b'committer ' + IDENT]) + b'\n\n' + text


def tree(*entries):
    return b''.join(m.encode() + b' ' + n + b'\0' + bytes.fromhex(o) for m, n, o in entries)


BLOB = b'hello, world\n' * 20
TREE = tree(('100644', b'file', oid('blob', BLOB)))
COMMIT = commit(oid('tree', TREE))
TIP = oid('commit', COMMIT)
GOOD = [whole('commit', COMMIT), whole('tree', TREE), whole('blob', BLOB)]


# --- the conversation ------------------------------------------------------------------------

class Answer:
    """What PROGRAM said after the advertisement: report lines by key, and what people read."""

    def __init__(self):
        self.unpack, self.refs, self.remarks, self.raw = None, {}, b'', b''

    def __str__(self):
        return 'unpack=%r refs=%r remarks=%r raw=%r' % (
            self.unpack, self.refs, self.remarks[-300:], self.raw[-300:])


def pkt(data):
    if isinstance(data, str):
        data = data.encode()
    return b'%04x' % (len(data) + 4) + data


def split(data):
    while len(data) >= 4:
        size = int(data[:4], 16)
        yield None if size == 0 else data[4:size]
        data = data[max(size, 4):]


def read_report(answer, data):
    for line in split(data):
        if line is None:
            return
        text = line.decode('utf-8', 'replace').rstrip('\n')
        if text.startswith('unpack '):
            answer.unpack = text[7:]
        elif text.startswith('ok '):
            answer.refs[text[3:]] = 'ok'
        elif text.startswith('ng '):
            name, _, reason = text[3:].partition(' ')
            answer.refs[name] = reason


def talk(repo, data, env=None):
    """Sends DATA at once and closes; returns (advertisement, everything after it, exit status)."""
    process = subprocess.Popen(PROGRAM + [repo], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=dict(os.environ, **(env or {})))
    try:
        output, _ = process.communicate(data, timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    at = 0
    while output[at:at + 4] != b'0000':
        if not output[at:at + 4] or output[at + 4:at + 8] == b'ERR ':
            break
        at += int(output[at:at + 4], 16)
    return output[:at + 4], output[at + 4:], process.returncode


def ask(repo, commands, data=b'', caps=CAPS, env=None):
    lines, first = b'', True
    for old, new, name in commands:
        line = ('%s %s ' % (old, new)).encode() + (
            name if isinstance(name, bytes) else name.encode())
        lines += pkt(line + (b'\0' + b' ' + caps.encode() if first else b''))
        first = False
    answer = Answer()
    _, answer.raw, _ = talk(repo, lines + b'0000' + data, env)
    if 'side-band' not in caps:
        read_report(answer, answer.raw)
        return answer
    report = b''
    for frame in split(answer.raw):
        if frame and frame[0] == 1:
            report += frame[1:]
        elif frame and frame[0] in (2, 3):
            answer.remarks += frame[1:]
    read_report(answer, report)
    return answer


# --- what is asked of the repository afterwards ----------------------------------------------

def git(repo, *args, **kwargs):
    return subprocess.run(['git', '-C', repo, *args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **kwargs)


unspoilt = {}


def unchanged():
    """A repository for pushes that change nothing: made once, and again after one that did."""
    if not unspoilt or state(unspoilt['repo']) != unspoilt['state']:
        unspoilt['repo'] = fresh('refusing.git')
        unspoilt['state'] = state(unspoilt['repo'])
    return unspoilt['repo']


def fresh(name='crafted.git'):
    repo = os.path.join(SCRATCH, name)
    shutil.rmtree(repo, ignore_errors=True)
    subprocess.run(['git', 'init', '-q', '--bare', repo], check=True)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/old')], pack(*GOOD))
    if answer.refs.get('refs/heads/old') != 'ok':
        raise RuntimeError('cannot prepare: %s' % answer)
    return repo


def state(repo):
    refs = git(repo, 'for-each-ref').stdout
    files = sorted(os.path.join(base, name) for base, _, names in
                   os.walk(os.path.join(repo, 'objects')) for name in names)
    leftover = [d for d in os.listdir(os.path.join(repo, 'objects')) if d.startswith('tmp_')]
    return refs, files, leftover


def sound(repo):
    done = git(repo, 'fsck', '--full', '--strict')
    return done.returncode == 0, done.stdout.decode()


def say(good, text, why=''):
    print('%s %s' % ('ok' if good else 'not ok', text))
    if not good:
        print('# ' + str(why).replace('\n', '\n# '))
    sys.stdout.flush()


def refused(text, data, unpack=None, ref=None, tip=TIP, name='refs/heads/new', commands=None,
            remark=None, caps=CAPS, env=None):
    """DATA is refused: with these words, refs and objects as before, nothing left behind."""
    repo = unchanged()
    before = state(repo)
    started = time.time()
    try:
        answer = ask(repo, commands or [(NULL, tip, name)], data, caps, env)
    except subprocess.TimeoutExpired:
        say(False, text, 'no answer within %d s' % DEADLINE)
        return
    reasons = set(answer.refs.values())
    good = (state(repo) == before and not before[2] and 'ok' not in reasons and
            (unpack is None or answer.unpack == unpack) and
            (ref is None or reasons == {ref}) and
            (remark is None or remark.encode() in answer.remarks))
    say(good, text, '%s after %.1f s; before %r, now %r' % (
        answer, time.time() - started, before, state(repo)))


def accepted(text, data, tip=TIP, name='refs/heads/new', commands=None, remark=None, caps=CAPS,
             env=None):
    repo = fresh()
    answer = ask(repo, commands or [(NULL, tip, name)], data, caps, env)
    fine, words = sound(repo)
    good = (fine and set(answer.refs.values()) == {'ok'} and answer.unpack == 'ok' and
            not state(repo)[2] and
            (remark is None or remark.encode() in answer.remarks))
    say(good, text, '%s %s %r' % (answer, words, state(repo)))


# --- damaged packs ---------------------------------------------------------------------------

NG = 'unpacker error'
BLOB2 = BLOB + b'more\n'
TREE2 = tree(('100644', b'file', oid('blob', BLOB2)))
COMMIT2 = commit(oid('tree', TREE2), TIP)
TIP2 = oid('commit', COMMIT2)
BLOB_DELTA = delta(len(BLOB), len(BLOB2), copy(0, len(BLOB)), insert(b'more\n'))
NEW = [whole('commit', COMMIT2), whole('tree', TREE2), whole('blob', BLOB2)]


def damaged_packs():
    good = pack(*NEW)
    accepted('a crafted pack that is right is taken', good, TIP2)
    accepted('pack version 3 is taken', pack(*NEW, version=3), TIP2)
    for cut in sorted({0, 1, 4, 11, 12, 13, 20, len(good) // 2, len(good) - 21, len(good) - 20,
                       len(good) - 1}):
        words = 'eof before pack header was fully read' if cut < 12 else 'early EOF'
        refused('a pack cut after %d bytes of %d' % (cut, len(good)), good[:cut], words, NG, TIP2)
    refused('a pack without its magic', pack(*NEW, magic=b'KCAP'),
            'protocol error (pack signature mismatch detected)', NG, TIP2)
    refused('pack version 4', pack(*NEW, version=4),
            'protocol error (pack version unsupported)', NG, TIP2)
    refused('a wrong trailer', pack(*NEW, trailer=b'x' * 20), 'pack checksum mismatch', NG, TIP2)
    refused('one object more than there is', pack(*NEW, count=4), None, NG, TIP2)
    refused('one object less than there is', pack(*NEW, count=2), 'pack checksum mismatch', NG,
            TIP2)
    refused('four billion objects announced', pack(*NEW, count=0xffffffff),
            'too many objects in one pack; push in parts', NG, TIP2)
    refused('as many objects announced as are allowed', pack(*NEW, count=1 << 22), None, NG, TIP2)
    refused('bytes after the pack', good + b'x', 'garbage after the pack', NG, TIP2)
    for at in range(12, len(good) - 20, 29):
        broken = bytearray(good[:-20])
        broken[at] ^= 0x55
        broken += hashlib.sha1(bytes(broken)).digest()
        refused('byte %d changed, trailer right' % at, bytes(broken), None, None, TIP2)


def bad_entries():
    bad = 'pack has a bad object'
    refused('zlib garbage', pack(whole('blob', BLOB2, body=b'garbage' * 9)), bad, NG, TIP2)
    refused('an object longer than it says', pack(whole('blob', BLOB2, size=5)), bad, NG, TIP2)
    refused('an object shorter than it says', pack(whole('blob', BLOB2, size=5000)), bad, NG, TIP2)
    refused('an object of length 2^62', pack(whole('blob', BLOB2, size=1 << 62)), bad, NG, TIP2)
    refused('a tree of length 2^40', pack(whole('tree', TREE2, size=1 << 40)),
            'an object of the pack is too large', NG, TIP2)
    refused('a tree of the greatest length', pack(whole('tree', TREE2, size=128 << 20)), bad, NG,
            TIP2)
    refused('a tree one byte longer', pack(whole('tree', TREE2, size=(128 << 20) + 1)),
            'an object of the pack is too large', NG, TIP2)
    refused('a size without end', pack(b'\xbf' + b'\xff' * 30 + b'\x01'), bad, NG, TIP2)
    for kind in (0, 5):
        refused('an object of type %d' % kind, pack(header(kind, 1) + zlib.compress(b'x')), bad,
                NG, TIP2)
    refused('a wrong adler32', pack(whole('blob', BLOB2, body=zlib.compress(BLOB2)[:-1] + b'?')),
            bad, NG, TIP2)
    refused('the same object twice', pack(*NEW, NEW[2]), 'pack has the same object twice', NG,
            TIP2)
    bomb = zlib.compressobj(9)
    body = b''.join(bomb.compress(b'\0' * (1 << 20)) for _ in range(400)) + bomb.flush()
    refused('400 MiB of zeros that nothing needs to hold', pack(
        header(3, 400 << 20) + body, trailer=b'x' * 20), 'pack checksum mismatch', NG, TIP2)


def bad_deltas():
    misfit = 'pack has a delta that does not fit its base'
    base, rest = whole('blob', BLOB), [whole('commit', COMMIT2), whole('tree', TREE2)]
    accepted('an ofs-delta', pack(base, ofs_delta(len(base), BLOB_DELTA), *rest), TIP2)
    accepted('a ref-delta upon an object of the pack',
             pack(ref_delta(oid('blob', BLOB), BLOB_DELTA), base, *rest), TIP2)
    accepted('a thin pack is completed', pack(ref_delta(oid('blob', BLOB), BLOB_DELTA), *rest),
             TIP2, remark='completed with 1 local object')
    refused('a delta upon nothing that is known', pack(ref_delta('12' * 20, BLOB_DELTA), *rest),
            'pack has unresolved deltas', NG, TIP2)
    refused('two deltas upon each other', pack(
        ref_delta(oid('blob', BLOB2), delta(len(BLOB2), len(BLOB2), copy(0, len(BLOB2)))),
        ref_delta('34' * 20, BLOB_DELTA), *rest), 'pack has unresolved deltas', NG, TIP2)
    refused('an ofs-delta before the pack', pack(base, ofs_delta(4000, BLOB_DELTA), *rest),
            'pack has a bad object', NG, TIP2)
    refused('an ofs-delta into the middle of an object',
            pack(base, ofs_delta(len(base) - 1, BLOB_DELTA), *rest), 'pack has a bad object', NG,
            TIP2)
    refused('an ofs-delta upon itself', pack(base, header(6, len(BLOB_DELTA)) + b'\0' +
                                             zlib.compress(BLOB_DELTA)),
            'pack has a bad object', NG, TIP2)
    for text, instructions in (
            ('of another base length', delta(len(BLOB) + 1, len(BLOB2), copy(0, 9))),
            ('of a shorter result', delta(len(BLOB), 500, copy(0, 9))),
            ('of a longer result', delta(len(BLOB), 3, copy(0, 9))),
            ('that copies beyond its base', delta(len(BLOB), 9, copy(len(BLOB), 9))),
            ('that copies from 2^32 - 1', delta(len(BLOB), 9, copy(0xffffffff, 9))),
            ('with the reserved instruction', delta(len(BLOB), 9, b'\0', copy(0, 9))),
            ('that inserts more than it has', delta(len(BLOB), 100, b'\x7fshort')),
            ('that is empty', b''),
            ('with a length that does not end', b'\xff' * 12)):
        refused('a delta ' + text, pack(base, ofs_delta(len(base), instructions), *rest), misfit,
                NG, TIP2)
    refused('a delta whose result is of length 2^40', pack(
        base, ofs_delta(len(base), delta(len(BLOB), 1 << 40, copy(0, 9)))),
            'an object of the pack is too large', NG, TIP2)


def chain(depth, distinct=True):
    content, entries = BLOB, [whole('blob', BLOB)]
    for i in range(depth):
        text = b'%08d' % i
        grown = text + content[8:]
        entries.append(ofs_delta(len(entries[-1]), delta(
            len(content), len(grown), insert(text), copy(8, len(content) - 8))))
        content = grown
    return entries, oid('blob', content)


def bombs():
    entries, last = chain(4095)
    top = tree(('100644', b'file', last))
    tip = commit(oid('tree', top))
    accepted('a chain of 4,095 deltas', pack(*entries, whole('tree', top), whole('commit', tip)),
             oid('commit', tip))
    refused('a chain of 4,096 deltas', pack(*chain(4096)[0]),
            'pack has a delta chain that is too deep', NG)
    # each delta of a few bytes makes 127 MiB; a thousand of them would take minutes
    size = 127 << 20
    ops = [copy(0, len(BLOB))] * 8
    million = BLOB[:256]
    base = whole('blob', million * 4096)
    entries, offset = [base], len(base)
    for i in range(3000):
        head = b'%08d' % i
        instructions = delta(1 << 20, size, insert(head), copy(8, (1 << 20) - 8),
                             *[copy(0, 1 << 20)] * 126)
        entries.append(ofs_delta(offset, instructions))
        offset += len(entries[-1])
    refused('3,000 deltas that make 127 MiB each', pack(*entries), 'pack inflates to too much', NG)
    # a comb: every object of a chain has a second child, so that contents are dropped and remade
    big = os.urandom(1 << 20)
    entries, content, back, blobs = [whole('blob', big)], big, 0, []
    for i in range(60):
        for mark in (b'side%04d' % i, b'main%04d' % i):
            grown = mark + content[8:]
            entries.append(ofs_delta(sum(map(len, entries[back:])), delta(
                len(content), len(grown), insert(mark), copy(8, len(content) - 8))))
            blobs.append(oid('blob', grown))
        back, content = len(entries) - 1, grown
    top = tree(*[('100644', b'f%04d' % i, o) for i, o in enumerate(blobs)])
    tip = commit(oid('tree', top))
    accepted('a comb of 120 large objects',
             pack(*entries, whole('tree', top), whole('commit', tip)), oid('commit', tip))


# --- objects ---------------------------------------------------------------------------------

def missing_objects():
    missing = 'missing necessary objects'
    refused('a commit without its tree', pack(NEW[0], NEW[2]), 'ok', missing, TIP2)
    refused('a tree without its blob', pack(NEW[0], NEW[1]), 'ok', missing, TIP2)
    orphan = commit(oid('tree', TREE2), '56' * 20)
    refused('a commit without its parent', pack(whole('commit', orphan), *NEW[1:]), 'ok', missing,
            oid('commit', orphan))
    tag = (b'object ' + b'78' * 20 + b'\ntype commit\ntag v1\ntagger ' + IDENT + b'\n\nt\n')
    refused('a tag of nothing', pack(whole('tag', tag)), 'ok', missing, oid('tag', tag),
            'refs/tags/v1')
    refused('a ref to nothing', pack(), 'ok', missing, '9a' * 20)
    refused('a blob as a branch', pack(whole('blob', BLOB2)), 'ok', 'invalid new value provided',
            oid('blob', BLOB2))
    accepted('a blob as a tag', pack(whole('blob', BLOB2)), oid('blob', BLOB2), 'refs/tags/blob')
    accepted('objects that are all there, with an empty pack', pack())
    repo = fresh()
    answer = ask(repo, [(NULL, TIP2, 'refs/heads/a'), (NULL, '9a' * 20, 'refs/heads/b')],
                 pack(*NEW))
    say(answer.refs == {'refs/heads/a': 'ok', 'refs/heads/b': missing} and sound(repo)[0],
        'of two refs the one with missing objects is refused', answer)


def syntax():
    fsck = 'fsck error in packed object'
    bad = tree(('100644', b'.git', oid('blob', BLOB)))
    tip = commit(oid('tree', bad))
    refused('a tree with .git', pack(whole('tree', bad), whole('commit', tip), GOOD[2]), fsck, NG,
            oid('commit', tip), remark='hasDotgit')
    bad = tree(('100644', b'b', oid('blob', BLOB)), ('100644', b'a', oid('blob', BLOB)))
    tip = commit(oid('tree', bad))
    refused('a tree out of order', pack(whole('tree', bad), whole('commit', tip), GOOD[2]), fsck,
            NG, oid('commit', tip), remark='treeNotSorted')
    bad = COMMIT2.replace(b' <author', b' author', 1)
    refused('a commit with a bad author', pack(whole('commit', bad), *NEW[1:]), fsck, NG,
            oid('commit', bad))
    bad = b'no tree at all\n'
    refused('a tree that is none', pack(whole('tree', bad)), fsck, NG)
    modules = b'[submodule "x"]\n\tpath = x\n\turl = -upload-pack=evil\n'
    top = tree(('100644', b'.gitmodules', oid('blob', modules)))
    tip = commit(oid('tree', top))
    entries = [whole('blob', modules), whole('tree', top), whole('commit', tip)]
    refused('.gitmodules with a bad url', pack(*entries), fsck, NG, oid('commit', tip),
            remark='gitmodulesUrl')
    refused('.gitmodules that is not there', pack(*entries[1:]), fsck, NG, oid('commit', tip),
            remark='gitmodulesMissing')
    zero = tree(('100644', b'file', oid('blob', BLOB)), ('160000', b'sub', '0' * 40))
    tip = commit(oid('tree', zero))
    accepted_or = ask(fresh(), [(NULL, oid('commit', tip), 'refs/heads/new')],
                      pack(whole('tree', zero), whole('commit', tip)))
    say(accepted_or.unpack == 'ok' and b'warning: ' in accepted_or.remarks,
        'a warning is told and the push is taken', accepted_or)


def collisions():
    # a blob in the repository whose bytes were changed on disk behind git's back
    repo = fresh()
    data = b'blob that will be replaced\n'
    name = oid('blob', data)
    where = os.path.join(repo, 'objects', name[:2])
    os.makedirs(where, exist_ok=True)
    with open(os.path.join(where, name[2:]), 'wb') as f:
        f.write(zlib.compress(b'blob %d\0' % len(data) + data[:-2] + b'!\n'))
    answer = ask(repo, [(NULL, name, 'refs/tags/x')], pack(whole('blob', data)))
    say(answer.unpack == 'SHA1 COLLISION FOUND' and answer.refs == {'refs/tags/x': NG},
        'an object that exists with other bytes', answer)
    accepted('objects that exist with the same bytes', pack(*GOOD))
    here = os.path.dirname(os.path.abspath(__file__))
    sample = os.path.join(here, 'shattered-prefix.bin')
    if os.path.exists(sample):
        with open(sample, 'rb') as f:
            data = f.read()
        refused('a blob with the marks of a collision attack', pack(whole('blob', data)),
                'SHA-1 collision attack detected', NG)


# --- requests --------------------------------------------------------------------------------

def requests():
    repo = fresh()
    before = state(repo)
    advertised, rest, status = talk(repo, b'0000')
    say(rest == b'' and status == 0 and state(repo) == before, 'nothing but a flush', rest)
    advertised, rest, status = talk(repo, b'')
    say(rest == b'' and state(repo) == before, 'a client that hangs up at once', rest)
    advertised, rest, status = talk(repo, b'0000', {'GIT_PROTOCOL': 'version=1'})
    say(advertised.startswith(b'000eversion 1\n'), 'version 1 says so', advertised)
    advertised, rest, status = talk(repo, b'0000', {'GIT_PROTOCOL': 'version=2'})
    say(advertised[4:44] == TIP.encode(), 'version 2 falls back to version 0', advertised)
    for text, data in (('a line that is no command', pkt('hello\n') + b'0000'),
                       ('a command without a name', pkt('%s %s ' % (NULL, TIP)) + b'0000'),
                       ('a line of an impossible length', b'0003'),
                       ('a line that is no pkt-line', b'GET / HTTP/1.0\r\n\r\n'),
                       ('commands that end in the middle', pkt(
                           '%s %s refs/heads/x' % (NULL, TIP))[:-5]),
                       ('a delim-pkt among the commands', b'0001')):
        _, rest, status = talk(repo, data)
        say(status != 0 and state(repo) == before, text, (rest, status))
    _, rest, status = talk(repo, pkt('%s %s refs/heads/x\0report-status object-format=sha256' %
                                     (NULL, TIP)) + b'0000' + pack())
    say(status != 0 and b'unsupported object format' in rest and state(repo) == before,
        'object-format=sha256', rest)
    many = [(NULL, TIP, 'refs/heads/%d' % i) for i in range(65537)]
    answer = ask(repo, many, pack())
    say(b'too many ref updates in one push' in answer.remarks and state(repo) == before,
        'one command more than are allowed', answer)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/plain')], pack(), 'report-status')
    say(answer.refs == {'refs/heads/plain': 'ok'} and answer.raw.endswith(b'0000') and
        not answer.raw.endswith(b'00000000'), 'a report without side-band', answer)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/silent')], pack(), 'side-band-64k')
    say(answer.raw == b'0000', 'no report-status, no report', answer.raw)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/x')] * 2 + [(NULL, TIP, 'refs/heads/y')], pack())
    say(set(answer.refs.values()) == {'failed to update refs'}, 'one ref twice', answer)
    for name in ('HEAD', 'foo/bar', 'refs/heads', 'refs/foo', 'refs/heads/a..b', 'refs/heads/.x',
                 'refs/heads/x.lock', 'refs/heads/a b', 'refs/heads/../../HEAD', 'refs/heads//x',
                 'refs/heads/x/', 'config', 'refs/heads/' + 'x' * 251, 'refs/heads/a\x01b'):
        answer = ask(repo, [(NULL, TIP, name)], pack())
        reasons = list(answer.refs.values()) or [answer.raw]
        say(len(reasons) == 1 and 'funny refname' in reasons[0], 'the ref name %.40r' % name,
            answer)
    answer = ask(repo, [(TIP2, TIP, 'refs/heads/old')], pack())
    say(answer.refs == {'refs/heads/old': 'incorrect old value provided'}, 'a wrong old value',
        answer)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/old')], pack())
    say(answer.refs == {'refs/heads/old': 'reference already exists'}, 'a create of what exists',
        answer)
    answer = ask(repo, [(TIP, TIP, 'refs/heads/none')], pack())
    say(answer.refs == {'refs/heads/none': 'reference does not exist'},
        'an update of what does not exist', answer)
    answer = ask(repo, [(TIP, NULL, 'refs/heads/none')])
    say(answer.refs == {'refs/heads/none': 'reference does not exist'},
        'a delete, with an old value, of what does not exist', answer)
    answer = ask(repo, [(NULL, NULL, 'refs/heads/none')])
    say(answer.refs == {'refs/heads/none': 'ok'} and
        b'warning: deleting a non-existent ref' in answer.remarks,
        'a delete of what nobody claims to exist', answer)
    answer = ask(repo, [(NULL, NULL, 'refs/heads/old')])
    say(answer.refs == {'refs/heads/old': 'incorrect old value provided'},
        'a delete of what was created since', answer)
    answer = ask(repo, [(NULL, TIP, 'refs/heads/old/x')], pack())
    say(answer.refs == {'refs/heads/old/x': 'refname conflict'}, 'a ref below a ref', answer)
    answer = ask(repo, [(TIP, NULL, 'refs/heads/old'), (NULL, TIP, 'refs/heads/old/x')], pack())
    say(set(answer.refs.values()) == {'ok'}, 'a ref below a ref that goes away', answer)
    fine, words = sound(repo)
    say(fine and not state(repo)[2], 'after all that the repository is sound', words)


def race():
    """Two clients see the same refs; the second one to ask is refused, and may look again."""
    repo = fresh()
    slow = subprocess.Popen(PROGRAM + [repo], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    os.read(slow.stdout.fileno(), 4)
    say(set(ask(repo, [(TIP, TIP2, 'refs/heads/old')], pack(*NEW)).refs.values()) == {'ok'},
        'the one who overtakes')
    other = commit(oid('tree', TREE), TIP, text=b'other\n')
    output, _ = slow.communicate(pkt('%s %s refs/heads/old\0report-status' % (
        TIP, oid('commit', other))) + b'0000' + pack(whole('commit', other)), timeout=DEADLINE)
    say(b'ng refs/heads/old incorrect old value provided' in output,
        'the one who is overtaken is refused', output)
    say(sound(repo)[0] and not state(repo)[2], 'and the repository is sound', state(repo))


def deaths():
    """The client goes away in the middle, at many points."""
    repo = fresh()
    before = state(repo)
    data = pkt('%s %s refs/heads/new\0 %s' % (NULL, TIP2, CAPS)) + b'0000' + pack(*NEW)
    for cut in range(1, len(data), 41):
        process = subprocess.Popen(PROGRAM + [repo], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.close()
        try:
            process.stdin.write(data[:cut])
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.wait(timeout=DEADLINE)
    say(state(repo) == before and sound(repo)[0], 'clients that die in the middle', state(repo))


def main():
    for group in (damaged_packs, bad_entries, bad_deltas, bombs, missing_objects, syntax,
                  collisions, requests, race, deaths):
        group()


main()
