#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
# fsck-differential.py: a few hundred objects, good ones and one for each way of being bad, judged by
# the installed git and by src/object/fsck*.c, which must agree on every message id and its level.
# Prints TAP. Run from the build directory.
import hashlib, os, re, shutil, subprocess, sys, tempfile, zlib

OURS = os.environ.get('FSCK_IDS', './tests/unit/object/fsck-ids')
GIT = os.environ.get('GIT', 'git')
NULL = bytes(20)
EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
WHO = 'A U Thor <author@example.com> 1112911993 -0700'

objects = []    # (type, bytes, what)
attached = {}   # oid of a blob: what a tree calls it


def oid_of(kind, content):
    return hashlib.sha1(b'%s %d\0' % (kind.encode(), len(content)) + content).hexdigest()


def add(kind, content, what):
    if isinstance(content, str):
        content = content.encode('utf-8', 'surrogateescape')
    objects.append((kind, content, what))
    return oid_of(kind, content)


BLOB = add('blob', 'content\n', 'a blob')
RAW = bytes.fromhex(BLOB)
TREE = add('tree', b'100644 file\0' + RAW, 'a good tree')
COMMIT = add('commit', f'tree {TREE}\nauthor {WHO}\ncommitter {WHO}\n\nmessage\n', 'a good commit')


def commits():
    idents = [
        WHO, '<a@b> 1 +0000', 'A> <a@b> 1 +0000', 'A', 'A a@b 1 +0000', 'A<a@b> 1 +0000', 'A <a<b> 1 +0000',
        'A <a@b', 'A <a@b>1 +0000', 'A <a@b>', 'A <a@b> ', 'A <a@b> x', 'A <a@b> x +0000', 'A <a@b> 01 +0000',
        'A <a@b> 0 +0000', 'A <a@b> 0', 'A <a@b> 1', 'A <a@b> 1x +0000', 'A <a@b> 18446744073709551616 +0000',
        'A <a@b> 18446744073709551615 +0000', 'A <a@b> 9223372036854775807 +0000',
        'A <a@b> 9223372036854775808 +0000', 'A <a@b> 99999999999999999999999999 +0000', 'A <a@b> 1 ',
        'A <a@b> 1 0000', 'A <a@b> 1 +000', 'A <a@b> 1 +00000', 'A <a@b> 1 +00x0', 'A <a@b> 1 -0000 ',
        'A <a@b>  1 +0000', 'A <a@b> -1 +0000', ' <a@b> 1 +0000', '', ' ', 'A <> 1 +0000', 'A <a>b> 1 +0000',
        'A B <a@b> 1 +9999', 'é <é@é> 1 +0000', '>', '<', '<>', 'A <', 'A <>', 'A <a@b> +0000', 'A <a@b> 1  +0000',
    ]
    for who in idents:
        add('commit', f'tree {TREE}\nauthor {who}\ncommitter {WHO}\n\nm\n', f'author "{who}"')
        add('commit', f'tree {TREE}\nauthor {WHO}\ncommitter {who}\n\nm\n', f'committer "{who}"')
        add('tag', f'object {COMMIT}\ntype commit\ntag v1\ntagger {who}\n\nm\n', f'tagger "{who}"')
    a, c, t = f'author {WHO}\n', f'committer {WHO}\n', f'tree {TREE}\n'
    p = f'parent {COMMIT}\n'
    bodies = {
        'no author': t + c + '\n', 'no committer': t + a + '\n', 'two authors': t + a + a + c + '\n',
        'three authors': t + a * 3 + c + '\n', 'neither': t + '\n', 'tree only, no end': t[:-1], 'a tree only': t,
        'wrong order': t + c + a + '\n', 'a parent': t + p + a + c + '\n', 'two parents': t + p + p + a + c + '\n',
        'parent after author': t + a + p + c + '\n', 'an extra header': t + a + c + 'x y\n\nm\n',
        'a NUL in the text': t + a + c + '\nm\0m\n', 'a NUL in a header': t + a + c + 'x\0y\n\nm\n',
        'a NUL in the author': t + 'author A\0 <a@b> 1 +0000\n' + c + '\n', 'no end': t + a + c[:-1],
        'no text': t + a + c, 'no empty line': t + a + c + 'm', 'an empty line first': '\n' + t + a + c,
        'an empty line before committer': t + a + '\n' + c, 'upper case tree': t.upper().replace('TREE', 'tree') + a + c,
        'CR LF': (t + a + c).replace('\n', '\r\n') + '\n', 'Author': t + 'Author x\n' + a + c,
        'bad parent': t + 'parent abc\n' + a + c + '\n', 'no tree': a + c + '\n', 'bad tree': 'tree abc\n' + a + c + '\n',
        'tree with more': t[:-1] + ' \n' + a + c + '\n', 'nothing': '',
    }
    for what, body in bodies.items():
        add('commit', body, f'commit: {what}')


def tags():
    o, y, n, g = f'object {COMMIT}\n', 'type commit\n', 'tag v1\n', f'tagger {WHO}\n'
    bodies = {
        'good': o + y + n + g + '\nm\n', 'no tagger': o + y + n + '\nm\n', 'no text': o + y + n + g,
        'extra header': o + y + n + g + 'x y\n\nm\n', 'no object': y + n + g + '\n', 'no type': o + n + g + '\n',
        'no tag': o + y + g + '\n', 'bad object': 'object abc\n' + y + n + g + '\n', 'no end': (o + y + n + g)[:-1],
        'bad type': o + 'type commits\n' + n + g + '\n', 'empty type': o + 'type \n' + n + g + '\n',
        'object only': o, 'object and type': o + y, 'object, type and tag': o + y + n, 'a NUL': o + y + 'tag v\0\n' + g + '\n',
        'nothing': '', 'object with more': o[:-1] + 'a\n' + y + n + g + '\n', 'two taggers': o + y + n + g + g + '\nm\n',
    }
    for what, body in bodies.items():
        add('tag', body, f'tag: {what}')
    for name in ['', '@', 'a b', 'a..b', '.a', 'a.lock', 'a/', '/a', 'a//b', 'a/.b', 'a~', 'a^', 'a:', 'a?', 'a*', 'a[',
                 'a\\', 'a@{b', '-a', 'a.', 'v1.0', 'x/y', 'é', '\x7f', 'a\tb', 'HEAD']:
        add('tag', o + y + f'tag {name}\n' + g + '\nm\n', f'tag name "{name}"')


def tree(what, *entries):
    return add('tree', b''.join(b'%s %s\0%s' % e for e in entries), f'tree: {what}')


def encode(name):
    return name.encode('utf-8', 'surrogateescape')


def trees():
    names = [
        '.', '..', '...', 'a/b', '/', '.git', '.GIT', '.Git', '.gIt ', '.git.', '.git . .', '.git:', '.git::$INDEX_ALLOCATION',
        '.git:x', '.git\\x', '.git/x', '.gitx', '.git~1', 'git~1', 'GIT~1', 'git~1.', 'git~1 ', 'git~1:x', 'git~1x', 'git~2',
        'git~10', 'git', ' .git', '.g\u200cit', '\u200c.git', '.git\u200d', '.\u200eg\u200fi\u202at\u202b', '.gi\u206at',
        '.g\u206f\ufeffit', '.git\udcff', '.g\udcffit', '.git\udce2\udc80', '.g\u200bit', '.gi\u2069t', '.gi\u2070t', '.g\u202fit',
        '.git\udced\udca0\udc80', '.git\udcc0\udcaf', '.gitx\u200c', 'x\\.git', 'x\\git~1', 'x\\y', 'x\\.git\\y', '\\.git',
        'x\\.gitx', '.git\\', 'x\\', 'CON', 'a' * 255, '.git\u200c/x', '.git\ufffe', '.git\uffff', '.git\U0001F600',
        '.git\udcf4\udc90\udc80\udc80', '.git\udcf0\udc80\udc80\udc80',
    ]
    for base, prefix in (('gitmodules', 'gi7eba'), ('gitattributes', 'gi7d29'), ('gitignore', 'gi250a'), ('mailmap', 'maba30')):
        names += ['.' + base, '.' + base.upper(), '.' + base + ' ', '.' + base + '.', '.' + base + ':x', '.' + base + 'x',
                  '.' + base[:-1], '.' + base[:3] + '\u200c' + base[3:], '.' + base + '\udcff', 'x\\.' + base, base,
                  '.' + base + '/x', '.' + base + '\\x']
        names += [base[:6] + '~' + n for n in ('1', '4', '5', '0', '1 ', '1.', '1:x', '1x', '10', '')]
        names += [prefix[:n] + '~' + '1234567'[:7 - n] for n in range(0, 7)]
        names += [prefix + '~0', prefix + '~9', prefix + '~', prefix + '~12', prefix[:5] + '~01', prefix[:5] + '~1x',
                  prefix.upper() + '~1', prefix[:4] + '~999 .', prefix[:4] + 'x~99', prefix + 'x~1', prefix[:3] + '~1', '~1000000', '~0000000']
    for name in dict.fromkeys(names):
        for mode in (b'100644', b'120000', b'40000'):
            target = bytes.fromhex(TREE) if mode == b'40000' else RAW
            tree(f'{mode.decode()} "{name}"', (mode, encode(name), target))
    for mode in (b'0100644', b'040000', b'100755', b'160000', b'100600', b'100000', b'777', b'1', b'0', b'00', b'140000',
                 b'120777', b'40755', b'160001', b'1100644', b'20100644', b'77777777777777777777100644', b'', b'8', b'10064x'):
        tree(f'mode "{mode.decode()}"', (mode, b'a', RAW))
        tree(f'mode "{mode.decode()}" between', (b'100644', b'A', RAW), (mode, b'a', RAW), (b'100644', b'b', RAW))
    f, d = (lambda n: (b'100644', n, RAW)), (lambda n: (b'40000', n, bytes.fromhex(EMPTY_TREE)))
    orders = [
        [f(b'a'), f(b'b')], [f(b'b'), f(b'a')], [f(b'a'), f(b'a')], [f(b'a'), d(b'a')], [d(b'a'), f(b'a')],
        [f(b'a'), f(b'a.b'), d(b'a')], [f(b'a'), f(b'a.b'), f(b'a.b.c'), d(b'a.b'), d(b'a')], [f(b'a.b'), d(b'a')],
        [d(b'a'), f(b'a.b')], [d(b'a'), f(b'a0')], [f(b'a0'), d(b'a')], [f(b'a'), f(b'a.b'), f(b'b'), d(b'a')],
        [f(b'a'), f(b'a-'), f(b'a.'), d(b'a')], [f(b'a'), f(b'a-'), d(b'a-'), d(b'a')], [f(b'a'), f(b'a-'), f(b'a-b'), d(b'a')],
        [f(b'a'), f(b'a.'), f(b'a0'), d(b'a')], [f(b'a'), f(b'ab'), d(b'a')], [f(b'a'), f(b'aB'), f(b'ab'), f(b'b')],
        [f(b'a'), f(b'a!'), f(b'a!!'), d(b'a!'), d(b'a!!'), d(b'a')], [f(b'foo'), f(b'foo.bar'), f(b'foo.bar.baz'), d(b'foo.bar'), d(b'foo')],
        [f(b'a'), f(b'a\xff'), f(b'b')], [f(b'a\xff'), f(b'a')], [f(b'a'), f(b'b'), f(b'a'), f(b'b')], [d(b'a'), d(b'a')],
        [f(b'c'), f(b'b'), f(b'a'), d(b'a')], [f(b'b'), f(b'b.c'), f(b'a'), f(b'a.b'), d(b'b'), d(b'a')],
        [f(b'a'), f(b'a.b'), d(b'a.b'), f(b'a.b'), d(b'a')], [(b'120000', b'a', RAW), f(b'a.b'), d(b'a')],
    ]
    for entries in orders:
        tree('order ' + ' '.join((e[1] + (b'/' if e[0] == b'40000' else b'')).decode('latin-1') for e in entries), *entries)
    tree('null oid', (b'100644', b'a', NULL))
    tree('null oid of a gitlink', (b'160000', b'a', NULL))
    tree('empty name', (b'100644', b'', RAW))
    tree('empty name later', (b'100644', b'a', RAW), (b'100644', b'', RAW))
    tree('everything', (b'0100644', b'..', NULL), (b'100644', b'.', RAW), (b'100644', b'.git', RAW), (b'777', b'a/b', RAW))
    good = b'100644 a\0' + RAW
    for cut in list(range(1, 30)):
        add('tree', (good + good)[:cut], f'tree: the first {cut} bytes of two entries')
    add('tree', good + b'x', 'tree: a byte too many')
    add('tree', good + b'100644 ' + bytes(21), 'tree: an entry without a name at the end')
    add('tree', b'100644' + bytes(21), 'tree: no blank')
    add('tree', b'', 'tree: empty')


def attach(name, content, what):
    if isinstance(content, str):
        content = content.encode('utf-8', 'surrogateescape')
    oid = add('blob', content, f'{name}: {what}')
    attached[oid] = name
    tree(f'with {what}', (b'100644', encode('.' + name), bytes.fromhex(oid)))


def submodule(key, value):
    quoted = value.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')
    attach('gitmodules', f'[submodule "x"]\n\t{key} = "{quoted}"\n', f'{key} {value!r}')


def gitmodules():
    urls = [
        'https://example.com/x', '-u', '--upload-pack=x', './-u', '../x', '..', '.', './x', '../../x', '../:x', '../../:x', '..//x',
        '.././/x', './:x', '..\\:x', '..\\..\\/x', '../a\nb', './%0ax', '../%0Ax', './%250ax', './x%0', 'git://h/%0a', 'git://h/x',
        'git://h\n/', 'ssh://h/%0a', 'ssh://-h/x', 'user@h:x', 'x%0a', '/abs/%0a', 'http://', 'http:///x', 'https:///x', 'http://h',
        'http://h/', 'http://:80/', 'http://h:80/', 'http://h:0/', 'http://h:00080/', 'http://h:65535/', 'http://h:65536/',
        'http://h:/', 'http://h:x/', 'http://h:000000000000000000000001/', 'http://h:123456/', 'http://u@h/', 'http://u:p@h/', 'http://@h/', 'http://u@/', 'http://u@:1/',
        'http://u%zz@h/', 'http://u%0a@h/', 'http://u%41@h/', 'http://h/%zz', 'http://h/%0', 'http://h/%', 'http://h/%41', 'http://h/%0a',
        'http://h/%0A/x', 'http://h/..', 'http://h/../x', 'http://h/a/..', 'http://h/a/../..', 'http://h/a/../../x', 'http://h/./..',
        'http://h//..', 'http://h/%2e%2e', 'http://h/a/%2E%2e/x', 'http://h/.%2e/', 'http://h/...', 'http://h/./a', 'http://h/a/./..',
        'http://h/a/./../..', 'http://h/%2f..', 'http://h?x', 'http://h?x=%zz', 'http://h?x=%0a', 'http://h#%zz', 'http://h#x', 'http://h/x?../..', 'http://h x/',
        'http://h%41/', 'http://[::1]/', 'http://[::1]:80/', 'http://[::1]:x/', 'http://h_-.x/', 'http://hé/', 'HTTP://h/%0a', 'http::http://h/',
        'http::h', 'http::', 'https::https://h/%0a', 'https::-x', 'http::ext::x', 'ftp://h/%0a', 'ftps://', 'ftp::ftp:///x', 'http::file:///x',
        'http::file://h/x', 'http::file://h:1/x', 'http::file://:1/x', 'http::file://:/x', 'http::FILE:///x', 'http::ssh://h/x', 'http::1://h/x', 'http::a+b://h/x', 'http::a_b://h/x',
        'ext::sh -c x', 'file:///x', 'file://h:1/', 'http:/h', 'https:x', 'httpx://%0a', '', ' ', 'http://h\n/', 'http://h/\n', 'http://a@b@c/', 'http://h/a@b', 'http://h:1:2/', 'http://h/:x',
    ]
    for url in urls:
        submodule('url', url)
    for path in ['x', '-x', '--x', './-x', 'a/-x', '', '..', '/x']:
        submodule('path', path)
    for update in ['none', 'checkout', 'rebase', 'merge', '!sh', '!', ' !x', 'x', 'Merge', '']:
        submodule('update', update)
    for name in ['x', '..', '.', '...', '../x', 'x/..', 'x/../y', '..x', 'x..', 'x\\\\..', '..\\\\x', 'x/..y', 'a/./b', '/..', '-x', '', 'a.b', '../', '//', '.. ', 'é']:
        attach('gitmodules', f'[submodule "{name}"]\n\tpath = x\n', f'name {name!r}')
        attach('gitmodules', f'[submodule "{name}"]\n', f'name {name!r} without keys')
    bad = '\turl = -x\n'
    texts = [
        '', '\n', '[submodule "x"]\n' + bad, '[submodule "x"] url = -x', '[submodule "x"]url=-x\n', '\ufeff[submodule "x"]\n' + bad,
        '[SubModule "x"]\n\tURL = -x\n', '[submodule.x]\n' + bad, '[submodule.X.y]\n' + bad, '[submodule]\n' + bad, '[submodules "x"]\n' + bad, '[sub "x"]\n' + bad,
        '[submodule "x"\n' + bad, '[submodule "x]\n' + bad, '[submodule x]\n' + bad, '[submodule "x" ]\n' + bad, '[submodule  "x"]\n' + bad, '[submodule\t"x"]\n' + bad,
        '[submodule"x"]\n' + bad, '[ submodule "x"]\n' + bad, '[]\n' + bad, '[submodule "x"]\n\turl\n', '[submodule "x"]\n\turl =\n', '[submodule "x"]\n\turl = \n',
        '[submodule "x"]\n\turl = "-x"\n', '[submodule "x"]\n\turl = ""-x\n', '[submodule "x"]\n\turl = "-x\n', '[submodule "x"]\n\turl = "-x',
        '[submodule "x"]\n\turl = \\-x\n', '[submodule "x"]\n\turl = \\\n-x\n', '[submodule "x"]\n\turl = -\\\nx\n', '[submodule "x"]\n\turl = -x\\',
        '[submodule "x"]\n\turl = -x\\q\n', '[submodule "x"]\n\turl = ; -x\n', '[submodule "x"]\n\turl = -x ; y\n', '[submodule "x"]\n\turl = "x;" -y\n', '[submodule "x"]\n\t; url = -x\n',
        '# comment\n[submodule "x"]\n' + bad, '[submodule "x"] # comment\n' + bad, '[submodule "x"]\n' + bad + 'rubbish =\n=', '[submodule "x"]\n=\n' + bad,
        '[submodule "x"]\n' + bad + '[submodule "y"\n', 'url = -x\n', '[submodule "x"]\n\t1url = -x\n', '[submodule "x"]\n\turl-x = -x\n', '[submodule "x"]\n\turl x = -x\n',
        '[submodule "x"]\n\turl: -x\n', '[submodule "x"]\r\n\turl = -x\r\n', '[submodule "x"]\r\turl = -x\r', '[submodule "x"]\n\turl = -x\r\r\n', '[submodule "x"]\n\turl = .\\n./x\n',
        '[submodule "x"]\n\turl = \udcff-x\n[submodule "y"]\n\turl = -x\n', '[submodule "x"]\n\turl = a\0b\n', '[submodule "x\0y"]\n' + bad, '[submodule "x"]\n\turl = ./\0%0a\n', '[submodule "x\\"..\\\\"]\n' + bad, '[submodule "\\..\\."]\n' + bad, '[submodule "x\\\n"]\n' + bad,
        '[submodule "x"]\n\turl = ' + 'a' * 10000 + '\n' + bad, '#' + 'a' * 10000 + '\n[submodule "x"]\n' + bad, '[submodule "' + 'n' * 5000 + '"]\n' + bad, '[x]\n\t' + 'k' * 5000 + '\n[submodule "x"]\n' + bad,
        '[submodule "a"]\n\turl = ok\n[submodule "b"]\n\tpath = -p\n\tupdate = !x\n[submodule ".."]\n\turl = -x\n', '[include]\n\tpath = -x\n', '[submodule "x"]\n\turl = -x\n\turl = ok\n', '[submodule "x"]\n\turl = ok\n\turl = -x\n',
        '[submodule "a.url\0x"]\n\tk = -x\n', '[submodule "..\0.url"]\n\tk = -x\n', '[submodule "...path\0"]\n\tk = -x\n', '[submodule "a.url\0x"]\n\turl\n', '[submodule "a.x\0"]\n' + bad,
        '[submodule ""]\n', '[submodule ""]\n' + bad, '[submodule.]\n' + bad, '[submodule..x]\n' + bad, '[.x]\n' + bad, '[submodule "x"]\n\tupdate\n\tpath\n\turl\n', '[submodule "x"][submodule ".."] a', '[submodule "x"]\n a b', '\t \n ;\n',
    ]
    for n, text in enumerate(texts):
        attach('gitmodules', text, f'text {n} {text[:40]!r}')
    for n in (2046, 2047, 2048, 2049):
        attach('gitattributes', 'a' * n + '\n', f'a line of {n}')
        attach('gitattributes', 'a' * n, f'a last line of {n}')
    attach('gitattributes', '\n' * 5000, 'short lines')
    attach('gitattributes', 'x\0' + 'a' * 3000, 'a long line behind a NUL')


def git(*args, **kwargs):
    env = dict(os.environ, GIT_CONFIG_NOSYSTEM='1', HOME='/nonexistent', LC_ALL='C', GIT_DIR=repo)
    return subprocess.run([GIT, *args], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs).stdout.decode('utf-8', 'replace')


def store(kind, content):
    oid = oid_of(kind, content)
    path = f'{repo}/objects/{oid[:2]}/{oid[2:]}'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(zlib.compress(b'%s %d\0' % (kind.encode(), len(content)) + content))


def git_says():
    """oid: the set of findings of git-fsck; UNPARSED for what git refuses before it checks."""
    said = {}
    for kind, content, what in objects:
        store(kind, content)
    out = git('fsck', '--no-dangling')
    if 'fatal' in out:
        print('Bail out! git fsck:', re.search('fatal.*', out).group())
        sys.exit(1)
    for level, oid, name in re.findall(r'^(error|warning) in \w+ ([0-9a-f]{40}): (\w+):', out, re.M):
        said.setdefault(oid, set()).add(f'{level}:{name}')
    # What a tree wrongly calls .gitmodules is found wanting when the trees are done; not by us.
    for findings in said.values():
        findings -= {'error:gitmodulesBlob', 'error:gitattributesBlob'}
    for oid in re.findall(r'^error: ([0-9a-f]{40}): object could not be parsed', out, re.M):
        said[oid] = {'UNPARSED'}
    return said


def mktag_says(content):
    out = git('mktag', input=content)
    return set(re.findall(r'(?:error|warning): tag input does not pass fsck: (\w+):', out))


def we_say():
    text = b''
    for kind, content, what in objects:
        kind = attached.get(oid_of(kind, content), kind)
        text += b'%s %d\n' % (kind.encode(), len(content)) + content
    lines = subprocess.run([OURS], input=text, stdout=subprocess.PIPE, check=True).stdout.decode().split('\n')
    return [set(line.split()) for line in lines]


def ids(findings):
    return {f.split(':')[1] for f in findings if ':' in f}


def is_known_difference(content, ours, theirs):
    """Where we are as newer gits are, or stricter than git with a reason."""
    ours, theirs = ids(ours), ids(theirs)
    if VERSION < (2, 40) and b' -1 +' in content:
        return (ours, theirs) == ({'badDate'}, {'badDateOverflow'})
    if ours - theirs != {'gitmodulesUrl'} or theirs - ours - {'gitmodulesParse'}:
        return False
    # git 2.44 became stricter with the URLs that it gives to curl.
    if VERSION < (2, 44) and b'http' in content:
        return True
    # That one lets file: have no host, which is of no use behind http::.
    if re.search(rb'"http::file://[/:]', content.lower()):
        return True
    # To git-fsck bytes over 127 are negative, but not to the git that reads the checked out file.
    return content.startswith(b'\xef\xbb\xbf') or b'\xff' in content


def judge(kind, content, ours, theirs):
    """None, or what is wrong."""
    findings = {f for f in ours if f.startswith(('error:', 'warning:'))}
    if is_known_difference(content, findings, theirs):
        return None
    if theirs != {'UNPARSED'}:
        return None if findings == theirs else f'git: {sorted(theirs)}, we: {sorted(findings)}'
    if not any(f.startswith('error:') for f in findings):
        return f'git cannot parse it, we: {sorted(findings)}'
    if kind == 'tag' and not ids(findings) & mktag_says(content):
        return f'git-mktag: {sorted(mktag_says(content))}, we: {sorted(findings)}'
    return None


if not shutil.which(GIT):
    print('1..0 # SKIP git is not installed')
    sys.exit(0)
VERSION = tuple(int(n) for n in re.findall(r'\d+', subprocess.check_output([GIT, '--version']).decode())[:2])
commits()
tags()
trees()
gitmodules()
objects = list({oid_of(k, c): (k, c, w) for k, c, w in objects}.values())
with tempfile.TemporaryDirectory() as repo:
    git('init', '-q', '--bare', repo)
    theirs, failed, seen = git_says(), 0, set()
    for (kind, content, what), ours in zip(objects, we_say()):
        wrong = judge(kind, content, ours, theirs.get(oid_of(kind, content), set()))
        seen |= ids(ours)
        if wrong:
            failed += 1
            print(f'# {ascii(what)}: {wrong}')
print('not ok' if failed else 'ok', f'1 - fsck agrees with git on {len(objects) - failed} of {len(objects)} objects')
print('# ids seen:', ' '.join(sorted(i for i in seen if not re.fullmatch('[0-9a-f]{40}', i))))
print('1..1')
sys.exit(failed > 0)
