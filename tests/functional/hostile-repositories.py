#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""hostile-repositories.py DIRECTORY PACK: repositories that no git would write, as DIRECTORY/NAME.git.

Prints "NAME TIP" for each: TIP is what a client is to want there. hostile.sh serves them. PACK is a
file that becomes a pack for a push: it takes much longer to index than to send.
"""
import hashlib
import os
import struct
import sys
import zlib

ROOT, PACK = sys.argv[1:]
TYPES = {'commit': 1, 'tree': 2, 'blob': 3, 'tag': 4}
IDENT = 'A U Thor <author@example.com> 1700000000 +0000'
NONE = '1234567890' * 4


# --- objects, packs, files -------------------------------------------------------------------------

def name_of(kind, content):
    return hashlib.sha1(b'%s %d\0' % (kind.encode(), len(content)) + content).hexdigest()


def commit(tree, *parents, text=b'text\n'):
    lines = ['tree ' + tree] + ['parent ' + p for p in parents]
    return '\n'.join(lines + ['author ' + IDENT, 'committer ' + IDENT, '', '']).encode() + text


def tree(*entries):
    return b''.join(m.encode() + b' ' + n.encode() + b'\0' + bytes.fromhex(o) for m, n, o in entries)


def tag(target, kind):
    return ('object %s\ntype %s\ntag t\ntagger %s\n\ntext\n' % (target, kind, IDENT)).encode()


BLOB = b'hello, world\n' * 20
TREE = tree(('100644', 'file', name_of('blob', BLOB)))
COMMIT = commit(name_of('tree', TREE))
TIP = name_of('commit', COMMIT)
GOOD = [('commit', COMMIT), ('tree', TREE), ('blob', BLOB)]


def write(path, data=b'', mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    os.chmod(path, mode)


def sparse(path, size):
    with open(path, 'ab') as f:
        f.truncate(size)


def header(kind, size):
    byte, size, out = (kind << 4) | (size & 15), size >> 4, b''
    while size:
        out += bytes([byte | 0x80])
        byte, size = size & 0x7f, size >> 7
    return out + bytes([byte])


def whole(kind, content, size=None):
    return header(TYPES[kind], len(content) if size is None else size) + zlib.compress(content, 1)


def varint(n):
    out = b''
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def delta(size, result):
    """Makes RESULT of any base of SIZE bytes, by an insertion."""
    return varint(size) + varint(len(result)) + bytes([len(result)]) + result


def distance(n):
    out = bytes([n & 0x7f])
    n >>= 7
    while n:
        n -= 1
        out = bytes([0x80 | (n & 0x7f)]) + out
        n >>= 7
    return out


class Repository:
    def __init__(self, name, tip=TIP):
        self.at = os.path.join(ROOT, name + '.git')
        for part in ('objects/pack', 'objects/info', 'refs/heads', 'refs/tags'):
            os.makedirs(self.path(part))
        write(self.path('HEAD'), 'ref: refs/heads/main\n')
        write(self.path('config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
        self.ref('refs/heads/main', tip)
        print(name, tip)

    def path(self, *parts):
        return os.path.join(self.at, *parts)

    def ref(self, name, value):
        write(self.path(name), value + '\n')

    def loose_path(self, name):
        return self.path('objects', name[:2], name[2:])

    def loose(self, kind, content, name=None, head=None):
        """An object by its name, or by another, with its header, or another."""
        name = name or name_of(kind, content)
        head = b'%s %d\0' % (kind.encode(), len(content)) if head is None else head
        write(self.loose_path(name), zlib.compress(head + content, 1))
        return name

    def good(self):
        for kind, content in GOOD:
            self.loose(kind, content)
        return self

    def pack(self, entries, offsets=None, idx=None, cut=None):
        """ENTRIES are (name, bytes); OFFSETS replace those in the idx, IDX edits it, CUT the pack."""
        body, at = [b'PACK' + struct.pack('>II', 2, len(entries))], 12
        rows = []
        for number, (name, data) in enumerate(entries):
            rows.append((bytes.fromhex(name), zlib.crc32(data),
                         (offsets or {}).get(number, at)))
            body.append(data)
            at += len(data)
        data = b''.join(body)
        data += hashlib.sha1(data).digest()
        rows.sort()
        fan, count = b'', 0
        for byte in range(256):
            while count < len(rows) and rows[count][0][0] <= byte:
                count += 1
            fan += struct.pack('>I', count)
        index = (b'\xfftOc' + struct.pack('>I', 2) + fan + b''.join(r[0] for r in rows) +
                 b''.join(struct.pack('>I', r[1]) for r in rows) +
                 b''.join(struct.pack('>I', r[2]) for r in rows) + data[-20:])
        if idx:
            index = idx(index)
        index += hashlib.sha1(index).digest()
        base = self.path('objects/pack/pack-' + data[-20:].hex())
        write(base + '.pack', data if cut is None else data[:cut])
        write(base + '.idx', index)
        return self

    def good_pack(self, **how):
        return self.pack([(name_of(k, c), whole(k, c)) for k, c in GOOD], **how)


# --- the directory ---------------------------------------------------------------------------------

def replace_with_link(path, target):
    if os.path.isdir(path):
        os.rename(path, path + '.aside')
    elif os.path.exists(path):
        os.unlink(path)
    os.symlink(target, path)


def directories():
    Repository('good').good()
    noise = os.urandom(8 << 20)
    content = tree(('100644', 'noise', name_of('blob', noise)))
    tip = commit(name_of('tree', content))
    Repository('shrinks', name_of('commit', tip)).pack([
        (name_of('commit', tip), whole('commit', tip)),
        (name_of('tree', content), whole('tree', content)),
        (name_of('blob', noise), whole('blob', noise))])
    r = Repository('head-fifo').good()
    os.unlink(r.path('HEAD'))
    os.mkfifo(r.path('HEAD'))
    replace_with_link(Repository('head-link').good().path('HEAD'), '/etc/passwd')
    write(Repository('head-climbs').good().path('HEAD'), 'ref: refs/../../../etc/passwd\n')
    sparse(Repository('head-huge').good().path('HEAD'), 1 << 40)
    r = Repository('head-circle').good()
    r.ref('refs/heads/main', 'ref: refs/heads/other')
    r.ref('refs/heads/other', 'ref: refs/heads/main')
    r = Repository('ref-links').good()
    os.symlink('/etc/passwd', r.path('refs/heads/file'))
    os.symlink('/etc', r.path('refs/heads/directory'))
    os.symlink('../../../good.git/refs/heads/main', r.path('refs/heads/neighbour'))
    r = Repository('ref-odd').good()
    os.mkfifo(r.path('refs/heads/fifo'))
    write(r.path('refs/heads/\x1b[31mred'), TIP + '\n')
    write(r.path('refs/heads/garbage'), b'\xff' * 100)
    sparse(r.path('refs/heads/garbage'), 1 << 40)
    write(r.path('refs/heads/x.lock'), TIP + '\n')
    for part in ('refs', 'objects', 'objects/pack'):
        r = Repository(part.replace('/', '-') + '-link').good()
        os.rename(r.path(part), r.path('aside'))
        os.symlink(r.path('aside'), r.path(part))
    sparse(Repository('packed-refs-huge').good().path('packed-refs'), 300 << 20)
    sparse(Repository('packed-refs-zeros').good().path('packed-refs'), 200 << 20)
    os.mkfifo(Repository('packed-refs-fifo').good().path('packed-refs'))
    os.symlink('/etc/passwd', Repository('packed-refs-link').good().path('packed-refs'))
    write(Repository('packed-refs-bad').good().path('packed-refs'), b'\xff\x1b[31m\n' * 100)
    os.mkfifo(Repository('objects-fifo').good().path('objects/info/alternates'))
    write(Repository('alternates').path('objects/info/alternates'), ROOT + '/good.git/objects\n')
    write(Repository('shallow').good().path('shallow'), TIP + '\n')


def configs():
    owned = os.path.join(ROOT, 'owned')
    run = 'touch ' + owned
    r = Repository('config-programs').good()
    write(r.path('config'), '''[core]
	repositoryformatversion = 0
	fsmonitor = %(run)s
	sshCommand = %(run)s
	editor = %(run)s
	pager = %(run)s
	hooksPath = %(at)s/hooks
	attributesFile = /etc/passwd
[include]
	path = /etc/passwd
	path = %(at)s/fifo
[includeIf "gitdir:/"]
	path = %(at)s/fifo
[uploadpack]
	packObjectsHook = %(run)s
[alias]
	upload-pack = !%(run)s
[gc]
	auto = 1
	recentObjectsHook = %(run)s
[receive]
	procReceiveRefs = refs
''' % {'run': run, 'at': r.at})
    os.mkfifo(r.path('fifo'))
    for hook in ('pre-receive', 'update', 'post-receive', 'post-update', 'proc-receive',
                 'reference-transaction', 'push-to-checkout', 'post-checkout'):
        write(r.path('hooks', hook), '#!/bin/sh\n%s\n' % run, 0o755)
    write(Repository('config-extension').good().path('config'),
          '[core]\nrepositoryformatversion = 1\n[extensions]\nevil = true\n')
    write(Repository('config-version').good().path('config'),
          '[core]\nrepositoryformatversion = 99999999999999999999\n')
    write(Repository('config-garbage').good().path('config'), b'[[[\x1b[31m\xff\0')
    sparse(Repository('config-huge').good().path('config'), 1 << 40)
    r = Repository('config-fifo').good()
    os.unlink(r.path('config'))
    os.mkfifo(r.path('config'))
    replace_with_link(Repository('config-link').good().path('config'), '/etc/passwd')


# --- packs -----------------------------------------------------------------------------------------

def packs():
    Repository('pack-cut').good_pack(cut=40)
    Repository('pack-header-only').good_pack(cut=12)
    Repository('pack-empty').good_pack(cut=0)
    Repository('idx-garbage').good_pack(idx=lambda i: b'\xff' * len(i))
    Repository('idx-cut').good_pack(idx=lambda i: i[:1040])
    Repository('idx-fan').good_pack(
        idx=lambda i: i[:8] + b'\xff\xff\xff\xf0' * 256 + i[8 + 1024:])
    Repository('idx-fan-falls').good_pack(idx=lambda i: i[:8] + struct.pack('>I', 3) * 100 +
                                          struct.pack('>I', 1) * 156 + i[8 + 1024:])
    Repository('idx-beyond').good_pack(offsets={0: 0x7fffffff})
    Repository('idx-large-beyond').good_pack(offsets={0: 0x80000005})
    Repository('idx-header').good_pack(offsets={0: 4})
    Repository('idx-trailer').good_pack(
        offsets={2: 12 + sum(len(whole(k, c)) for k, c in GOOD) + 10})
    Repository('idx-inside').good_pack(offsets={2: 12 + len(whole(*GOOD[0])) + 3})
    Repository('idx-same').good_pack(offsets={0: 12, 1: 12, 2: 12})
    first, second = len(whole(*GOOD[0])), len(whole(*GOOD[1]))
    Repository('idx-swapped').good_pack(offsets={0: 12 + first, 1: 12})
    Repository('idx-blob-is-commit').good_pack(offsets={2: 12})
    Repository('idx-commit-is-blob').good_pack(offsets={0: 12 + first + second})
    names = [name_of(k, c) for k, c in GOOD]
    Repository('delta-circle').pack([
        (names[0], header(7, 30) + bytes.fromhex(names[1]) + zlib.compress(delta(5, b'x' * 5))),
        (names[1], header(7, 30) + bytes.fromhex(names[0]) + zlib.compress(delta(5, b'x' * 5)))])
    Repository('delta-self').pack([
        (names[0], header(7, 9) + bytes.fromhex(names[0]) + zlib.compress(delta(5, b'x' * 5)))])
    Repository('delta-distance-0').pack([
        (names[0], header(6, 9) + b'\0' + zlib.compress(delta(5, b'x' * 5)))])
    Repository('delta-before').pack([
        (names[0], header(6, 9) + distance(1 << 40) + zlib.compress(delta(5, b'x' * 5)))])
    blob_circle()
    Repository('pack-bomb').pack([(names[0], whole('commit', bytes(64 << 20), size=300))])
    Repository('pack-size').pack([(names[0], whole('commit', COMMIT, size=(1 << 60) + 5))])
    Repository('pack-damaged').pack(
        [(n, e[:-12] + b'damagedbytes') for n, e in
         [(name_of(k, c), whole(k, c)) for k, c in GOOD]])
    deep_deltas()
    big_deltas()


def blob_circle():
    """Blobs that are deltas upon each other: whoever sends them as they are never comes to an end."""
    a, b = '%040x' % 0xaaaa, '%040x' % 0xbbbb
    content = tree(('100644', 'a', a), ('100644', 'b', b))
    tip = commit(name_of('tree', content))
    d = delta(5, b'x' * 5)
    Repository('delta-circle-blobs', name_of('commit', tip)).pack([
        (name_of('commit', tip), whole('commit', tip)),
        (name_of('tree', content), whole('tree', content)),
        (a, header(7, len(d)) + bytes.fromhex(b) + zlib.compress(d)),
        (b, header(7, len(d)) + bytes.fromhex(a) + zlib.compress(d))])


def deep_deltas():
    """10,000 deltas, each upon the one before; a tree that names them all, and one only the last."""
    entries, names, size = [], [], len(BLOB)
    entries.append((name_of('blob', BLOB), whole('blob', BLOB)))
    last = len(entries[0][1])
    for i in range(10000):
        result = b'%08d' % i
        d = delta(size, result)
        data = header(6, len(d)) + distance(last) + zlib.compress(d, 1)
        size, last = len(result), len(data)
        names.append(name_of('blob', result))
        entries.append((names[-1], data))
    for repository, kept in (('delta-deep', names[-1:]), ('delta-deep-all', names)):
        content = tree(*(('100644', 'f%05d' % i, n) for i, n in enumerate(kept)))
        tip = commit(name_of('tree', content))
        Repository(repository, name_of('commit', tip)).pack(
            entries + [(name_of('tree', content), whole('tree', content)),
                       (name_of('commit', tip), whole('commit', tip))])


def copies(left):
    ops = b''
    while left:
        n = min(left, 0xff0000)
        ops += bytes([0x80 | 0x70, n & 255, n >> 8 & 255, n >> 16])
        left -= n
    return ops


def big_deltas():
    """100 blobs that are nearly as large as an object in memory may be, from one; also for a push."""
    base = bytes(100 << 20)
    base_name, names = name_of('blob', base), ['%040x' % (0xde17a000 + i) for i in range(100)]
    entries = [(base_name, whole('blob', base))]
    for i, name in enumerate(names):
        d = varint(len(base)) + varint((127 << 20) + 8) + copies(127 << 20) + b'\x08%08d' % i
        entries.append((name, header(7, len(d)) + bytes.fromhex(base_name) + zlib.compress(d)))
    data = b'PACK' + struct.pack('>II', 2, len(entries)) + b''.join(e[1] for e in entries)
    write(PACK, data + hashlib.sha1(data).digest())
    content = tree(*(('100644', 'f%03d' % i, n) for i, n in enumerate(names[:2])))
    tip = commit(name_of('tree', content))
    Repository('delta-big', name_of('commit', tip)).pack(
        entries + [(name_of('tree', content), whole('tree', content)),
                   (name_of('commit', tip), whole('commit', tip))])


# --- objects ---------------------------------------------------------------------------------------

def objects():
    for name, how in {'loose-link': 'link', 'loose-fifo': 'fifo', 'loose-directory': 'directory',
                      'loose-empty': b'', 'loose-garbage': b'garbage', 'loose-cut': None}.items():
        r = Repository(name).good()
        path = r.loose_path(TIP)
        data = open(path, 'rb').read()
        os.unlink(path)
        if how == 'link':
            os.symlink('/etc/passwd', path)
        elif how == 'fifo':
            os.mkfifo(path)
        elif how == 'directory':
            os.mkdir(path)
        else:
            write(path, data[:-20] if how is None else how)
    for name, head in {'huge': b'commit 18446744073709551615\0', 'overflow': b'commit ' + b'9' * 40 + b'\0',
                       'negative': b'commit -1\0', 'endless': b'commit ' + b'1' * 100000,
                       'none': b'\0', 'zero': b'commit 0\0', 'type': b'\x1b[31m 5\0',
                       'large': b'commit %d\0' % (200 << 20)}.items():
        Repository('header-' + name).loose('commit', COMMIT, head=head)
    r = Repository('bomb-lies')
    r.loose('commit', bytes(64 << 20), name=TIP, head=b'commit 10\0')
    content = commit(name_of('tree', TREE), text=bytes(100 << 20))
    r = Repository('bomb-commit', name_of('commit', content)).good()
    r.loose('commit', content)
    content = commit(name_of('tree', TREE), *(['%040x' % i for i in range(1, 200001)]))
    Repository('commit-parents', name_of('commit', content)).good().loose('commit', content)
    r = Repository('commit-circle').good()
    r.loose('commit', commit(name_of('tree', TREE), NONE), name=TIP)
    r.loose('commit', commit(name_of('tree', TREE), TIP), name=NONE)
    r = Repository('tree-circle').good()
    r.loose('tree', tree(('40000', 'self', name_of('tree', TREE)),
                         ('100644', 'file', name_of('blob', BLOB))), name=name_of('tree', TREE))
    r = Repository('tree-is-blob').good()
    r.loose('blob', BLOB, name=name_of('tree', TREE))
    Repository('tree-of-zeros').good().loose('tree', bytes(32 << 20), name=name_of('tree', TREE))
    Repository('commit-missing')
    r = Repository('tree-missing').good()
    os.unlink(r.loose_path(name_of('tree', TREE)))
    r = Repository('ref-to-blob', name_of('blob', BLOB)).good()
    deep_trees()
    tags()


def deep_trees():
    """100,000 trees, each in the next."""
    content, entries = TREE, [(name_of('blob', BLOB), whole('blob', BLOB))]
    for _ in range(100000):
        name = name_of('tree', content)
        entries.append((name, whole('tree', content)))
        content = tree(('40000', 'd', name))
    entries.append((name_of('tree', content), whole('tree', content)))
    tip = commit(name_of('tree', content))
    Repository('tree-deep', name_of('commit', tip)).pack(
        entries + [(name_of('commit', tip), whole('commit', tip))])


def tags():
    content, entries = tag(TIP, 'commit'), [(name_of(k, c), whole(k, c)) for k, c in GOOD]
    for _ in range(10000):
        name = name_of('tag', content)
        entries.append((name, whole('tag', content)))
        content = tag(name, 'tag')
    name = name_of('tag', content)
    r = Repository('tag-deep', name).pack(entries + [(name, whole('tag', content))])
    r.ref('refs/heads/main', TIP)
    r.ref('refs/tags/deep', name)
    r = Repository('tag-circle').good()
    r.ref('refs/tags/circle', NONE)
    r.loose('tag', tag(NONE, 'tag'), name=NONE)
    # the same, but packed-refs says that it ends
    r = Repository('tag-circle-peeled').good()
    r.loose('tag', tag(NONE, 'tag'), name=NONE)
    write(r.path('packed-refs'), '# pack-refs with: peeled fully-peeled sorted \n'
          '%s refs/tags/circle\n^%s\n' % (NONE, TIP))


for make in (directories, configs, packs, objects):
    make()
