#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""differential.py THEIRS OURS DIRECTORY [SECTION...]: the same bytes for git's servers and for ours.

THEIRS and OURS are directories with a git-upload-pack and a git-receive-pack; DIRECTORY holds the
repositories that differential.sh has made. Each row sends one script to both, and compares what they
answer pkt-line by pkt-line, up to the pack. Prints TAP without a plan; differential.sh adopts it.
"""
import fnmatch
import hashlib
import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

THEIRS, OURS, REPOSITORIES = sys.argv[1:4]
NULL = '0' * 40 # git's servers show broken refs with it; newer ones an empty repository, as ours does
ABSENT = '1234567890' * 4
FLUSH, DELIM = b'0000', b'0001'
DEADLINE = 60


# --- pkt-lines -----------------------------------------------------------------------------------

def pkt(text):
    data = text if isinstance(text, bytes) else text.encode()
    return b'%04x' % (len(data) + 4) + data


def script(*lines):
    """Bytes to send: text becomes a pkt-line with its newline, bytes are sent as they are."""
    return b''.join(line if isinstance(line, bytes) else pkt(line + '\n') for line in lines)


def split(data):
    """The pkt-lines of data: payloads, or '<flush>' and '<delim>'; then what is no pkt-line."""
    while len(data) >= 4:
        try:
            size = int(data[:4], 16)
        except ValueError:
            break
        if size < 4:
            yield ('<flush>', '<delim>', '<end>', '<3>')[size]
            data = data[4:]
        elif size > len(data):
            break
        else:
            yield data[4:size]
            data = data[size:]
    if data:
        yield data


def pack_count(pack):
    return struct.unpack('>I', pack[8:12])[0] if pack[:4] == b'PACK' else None


def readable(data):
    """The answer as lines of text: packs by their number of objects, progress left out."""
    lines, pack, in_pack = [], b'', False
    for item in split(data):
        if isinstance(item, str):
            if in_pack:
                lines.append('<pack of %s>' % pack_count(pack))
                pack, in_pack = b'', False
            lines.append(item)
        elif item[:4] == b'PACK':
            lines.append('<pack of %s>' % pack_count(item))
        elif item[:1] == b'\1':
            in_pack, pack = True, pack + item[1:16 if pack else None]
        elif item[:1] == b'\2':
            continue
        else:
            lines.append(item.decode('ascii', 'backslashreplace').rstrip('\n'))
    if in_pack:
        lines.append('<pack of %s>' % pack_count(pack))
    return lines


# --- conversations -------------------------------------------------------------------------------

def converse(programs, service, repository, version, data):
    environment = dict(os.environ)
    environment.pop('GIT_PROTOCOL', None)
    if version:
        environment['GIT_PROTOCOL'] = 'version=%d' % version
    done = subprocess.run([os.path.join(programs, service), repository], input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                          timeout=DEADLINE, check=False)
    return done.returncode, done.stdout, done.stderr.decode('utf-8', 'backslashreplace')


def git(repository, *arguments, data=None):
    return subprocess.run(('git', '-C', repository) + arguments, input=data, check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


def at(name):
    return os.path.join(REPOSITORIES, name)


NUMBER = 0
FAILED = 0


def result(good, text, *remarks):
    global NUMBER, FAILED  # pylint: disable=global-statement
    NUMBER += 1
    FAILED += not good
    print('%s %d - %s' % ('ok' if good else 'not ok', NUMBER, text))
    for remark in () if good else remarks:
        print('\n'.join('# ' + line for line in str(remark).splitlines()[:40]))
    sys.stdout.flush()


def difference(theirs, ours):
    """The first lines that differ."""
    for i, (their, our) in enumerate(itertools.zip_longest(theirs, ours)):
        if their != our:
            return 'line %d\ngit:     %s\ngitcell: %s' % (i, their, our)
    return ''


# Where the two differ on purpose: what ours says, "*" for what does not matter. gitcell-protocol(7)
# says why. A row passes, too, once git says the same.
ON_PURPOSE = {
    # One ACK is all that a client without multi_ack expects; git sends another for an ancestor of
    # the first common object.
    'v0, no multi_ack, side-band: common, and its parent':
        ('ACK main~3', '<pack of *', '<flush>'),
    'v0, no multi_ack, raw: a line of commons': ('ACK main~2', '<pack of *'),
    # Who has a tag has the commit.
    'v0, multi_ack_detailed, side-band-64k: a have of a tag':
        ('ACK v1 common', 'ACK v1 ready', 'NAK', 'ACK v1', '<pack of *', '<flush>'),
    'v2 fetch: a tag':
        ('<flush>', 'acknowledgments', 'ACK v1', 'ready', '<delim>', 'packfile', '<pack of *',
         '<flush>', 'main HEAD', '<flush>'),
    'v2 fetch: a nested tag and not there':
        ('<flush>', 'acknowledgments', 'ACK nested', 'ready', '<delim>', 'packfile', '<pack of *',
         '<flush>', 'main HEAD', '<flush>'),
    # As git does since 2.51.
    'v2 fetch: the same twice':
        ('<flush>', 'acknowledgments', 'ACK main~3', 'ready', '<delim>', 'packfile', '<pack of *',
         '<flush>', 'main HEAD', '<flush>'),
}


def on_purpose(text, lines):
    wanted = ON_PURPOSE.get(text)

    def named(line):
        return ' '.join(oid(word) if word in REVISIONS else word for word in line.split(' '))
    return wanted and len(wanted) == len(lines) and all(
        fnmatch.fnmatchcase(line, named(pattern)) for line, pattern in zip(lines, wanted))


# Where git's server dies it says why on stderr alone; ours tells the client. What counts is that both
# end there, and that all before is the same.
def without_error(lines):
    return [line for line in lines if not line.startswith('ERR ')]


def compare(text, service, repository, version, data, trim=lambda lines: lines):
    theirs = converse(THEIRS, service, repository, version, data)
    ours = converse(OURS, service, repository, version, data)
    their_lines, our_lines = (trim(without_error(readable(side[1]))) for side in (theirs, ours))
    same = their_lines == our_lines or on_purpose(text, our_lines)
    result(same and (theirs[0] == 0) == (ours[0] == 0), text, difference(their_lines, our_lines),
           'exit status: git %d, gitcell %d' % (theirs[0], ours[0]),
           'git says: ' + theirs[2], 'gitcell says: ' + ours[2],
           'gitcell sends: ' + '\n'.join(line for line in readable(ours[1]) if 'ERR' in line))


# --- advertisements ------------------------------------------------------------------------------

def refs_alone(lines):
    """An advertisement without the capabilities, but with its symref."""
    lines = [line for line in lines if not line.startswith(NULL)]

    def strip(line):
        name, _, capabilities = line.partition('\0')
        symrefs = [c for c in capabilities.split() if c.startswith('symref=')]
        return ' '.join([name] + symrefs)
    return [strip(line) for line in lines]


def advertisements():
    for name in sorted(os.listdir(REPOSITORIES)):
        for version in (0, 1):
            compare('%s: upload-pack advertises the same refs in v%d' % (name, version),
                    'git-upload-pack', at(name), version, FLUSH, refs_alone)
        compare('%s: receive-pack advertises the same refs' % name,
                'git-receive-pack', at(name), 0, FLUSH, refs_alone)


PREFIXES = ((), ('HEAD',), ('refs/heads/',), ('refs/tags/v', 'HEAD'), ('refs/heads/main',),
            ('refs/', 'refs/heads/', 'main'), ('nothing',), ('',), ('refs/heads/topic/',))


def after_capabilities(lines):
    lines = [line for line in lines if not line.startswith(NULL)]
    return lines[lines.index('<flush>'):] if '<flush>' in lines else lines


# Ours takes what is broken for what is not there: such a HEAD is unborn.
def without_head(lines):
    return [line for line in after_capabilities(lines) if not line.startswith('unborn HEAD')]


def ls_refs_request(options, prefixes):
    arguments = list(options) + ['ref-prefix ' + prefix for prefix in prefixes]
    return script('command=ls-refs', 'object-format=sha1', DELIM, *arguments, FLUSH)


def ls_refs():
    options = ('peel', 'symrefs', 'unborn')
    subsets = [s for n in range(len(options) + 1) for s in itertools.combinations(options, n)]
    for name in sorted(os.listdir(REPOSITORIES)):
        requests = [ls_refs_request(s, p) for s in subsets for p in PREFIXES]
        compare('%s: ls-refs, %d combinations' % (name, len(requests)), 'git-upload-pack', at(name), 2,
                b''.join(requests) + FLUSH, without_head if name == 'broken-head' else after_capabilities)
    sample = at('sample')
    for text, request in (
            ('without a delimiter', script('command=ls-refs', FLUSH)),
            ('with nothing after the delimiter', script('command=ls-refs', DELIM, FLUSH)),
            ('options twice', ls_refs_request(('peel', 'peel', 'symrefs', 'symrefs'), ('HEAD', 'HEAD'))),
            ('an unknown argument', ls_refs_request(('nonsense',), ())),
            ('an option with an argument', ls_refs_request(('peel=1',), ())),
            ('no newlines', pkt('command=ls-refs') + DELIM + pkt('peel') + pkt('symrefs') + FLUSH),
            ('agent, session-id and server-options',
             script('command=ls-refs', 'agent=x/1', 'session-id=abc', 'server-option=a',
                    'server-option=b', 'object-format=sha1', DELIM, 'peel', FLUSH)),
            ('another object format', script('command=ls-refs', 'object-format=sha256', FLUSH)),
            ('an unknown object format', script('command=ls-refs', 'object-format=md5', FLUSH)),
            ('an unknown command', script('command=ls-revs', FLUSH)),
            ('a command with a value', script('command=ls-refs=unborn', FLUSH)),
            ('an unknown capability', script('command=ls-refs', 'nonsense', FLUSH)),
            ('two commands', script('command=ls-refs', 'command=fetch', FLUSH)),
            ('no command', script('agent=x/1', FLUSH)),
            ('a delimiter alone', DELIM + FLUSH),
            ('a flush alone', b''),
            ('70,000 prefixes', ls_refs_request((), ['refs/heads/no%d' % i for i in range(70000)])),
    ):
        compare('ls-refs: ' + text, 'git-upload-pack', sample, 2, request + FLUSH, after_capabilities)


# --- negotiation ---------------------------------------------------------------------------------

# What the rows below name: revisions of the sample, "absent" for an object that nobody has.
def oid(revision):
    if revision not in KNOWN:
        KNOWN[revision] = git(at('sample'), 'rev-parse', '--verify', revision)
    return KNOWN[revision]


KNOWN = {'absent': ABSENT}
REVISIONS = ('main', 'main~2', 'main~3', 'v1', 'nested')


def expand(lines):
    """'want main' becomes 'want <oid>'; 'flush', 'delim' the packets; other lines stay."""
    for line in lines:
        verb, _, rest = line.partition(' ')
        if verb in ('want', 'have') and rest != 'xyz':
            revision, _, capabilities = rest.partition(' ')
            yield '%s %s%s' % (verb, oid(revision), ' ' + capabilities if capabilities else '')
        elif line in ('flush', 'delim'):
            yield FLUSH if line == 'flush' else DELIM
        else:
            yield line


# Each is sent in the three dialects; CAPS stands for them.
NEGOTIATIONS = (
    ('a clone', ('want main CAPS', 'flush', 'done')),
    ('wants of a branch, a tag and a nested tag', ('want main CAPS', 'want v1', 'want nested', 'flush',
                                                   'done')),
    ('a want twice', ('want main CAPS', 'want main', 'flush', 'done')),
    ('a want of a peeled tag', ('want v1^{} CAPS', 'flush', 'done')),
    ('a want of a blob that a tag names', ('want blob CAPS', 'flush', 'done')),
    ('nothing wanted', ('flush',)),
    ('one common', ('want main CAPS', 'flush', 'have main~3', 'done')),
    ('one common, then a flush', ('want main CAPS', 'flush', 'have main~3', 'flush', 'done')),
    ('one that is not there', ('want main CAPS', 'flush', 'have absent', 'flush', 'done')),
    ('not there, common', ('want main CAPS', 'flush', 'have absent', 'have main~3', 'flush', 'done')),
    ('common, not there', ('want main CAPS', 'flush', 'have main~3', 'have absent', 'flush', 'done')),
    ('common, flush, not there, flush', ('want main CAPS', 'flush', 'have main~3', 'flush',
                                         'have absent', 'flush', 'done')),
    ('the same common twice', ('want main CAPS', 'flush', 'have main~3', 'have main~3', 'flush',
                               'done')),
    ('common, and its parent', ('want main CAPS', 'flush', 'have main~3', 'have main~4', 'flush',
                                'done')),
    ('a parent first', ('want main CAPS', 'flush', 'have main~4', 'have main~3', 'done')),
    ('a line of commons', ('want main CAPS', 'flush', 'have main~2', 'have main~3', 'have main~4',
                           'have main~5', 'flush', 'have main~6', 'have main~7', 'flush', 'done')),
    ('all that is wanted', ('want main CAPS', 'flush', 'have main', 'flush', 'done')),
    ('two wants, one of them common', ('want main CAPS', 'want topic/one', 'flush', 'have topic/one',
                                       'flush', 'have main~2', 'flush', 'done')),
    ('only after the last flush', ('want main CAPS', 'flush', 'flush', 'flush', 'have main~3', 'done')),
    ('flushes without haves', ('want main CAPS', 'flush', 'flush', 'flush', 'done')),
    ('a have of a tag', ('want main CAPS', 'flush', 'have v1', 'flush', 'done')),
    ('a have of a tag after one that is not there', ('want main CAPS', 'flush', 'have absent',
                                                     'have nested', 'have v1', 'flush', 'done')),
    ('a have of a tree', ('want main CAPS', 'flush', 'have main^{tree}', 'flush', 'done')),
    ('a have of a blob', ('want main CAPS', 'flush', 'have main:log', 'have absent', 'flush', 'done')),
    ('a want of a tag, a have of its commit', ('want v1 CAPS', 'flush', 'have v1^{}', 'flush', 'done')),
    ('both sides of a merge', ('want main CAPS', 'flush', 'have main^1', 'have main^2', 'flush',
                               'done')),
    ('one side of a merge', ('want main CAPS', 'flush', 'have main^2', 'flush', 'have main^1', 'flush',
                             'done')),
    ('a child of what is wanted', ('want main~3 CAPS', 'flush', 'have main', 'flush', 'done')),
    ('a want that is not there', ('want absent CAPS', 'flush', 'done')),
    ('a want that is no tip', ('want main~4 CAPS', 'flush', 'done')),
    ('a want after a have', ('want main CAPS', 'flush', 'have main~3', 'want main', 'flush', 'done')),
    ('a word that is none', ('want main CAPS', 'flush', 'hove main~3', 'done')),
    ('an end without done', ('want main CAPS', 'flush', 'have main~3')),
    ('an end after a flush', ('want main CAPS', 'flush', 'have main~3', 'flush')),
    ('an end after the wants', ('want main CAPS', 'flush')),
    ('shallow, although not offered', ('want main CAPS', 'deepen 1', 'flush', 'done')),
)

DIALECTS = (('no multi_ack', ''), ('multi_ack', 'multi_ack'), ('multi_ack_detailed',
                                                               'multi_ack_detailed'))
BANDS = (('raw', 'ofs-delta'), ('side-band', 'side-band'),
         ('side-band-64k', 'side-band-64k thin-pack include-tag no-progress ofs-delta agent=x/1'))


def after_advertisement(lines):
    return lines[lines.index('<flush>') + 1:]


NOT_OFFERED = {'shallow, although not offered'}


def negotiations():
    for dialect, words in DIALECTS:
        for (text, lines), (band, more) in zip(NEGOTIATIONS, itertools.cycle(BANDS)):
            if text in NOT_OFFERED:
                continue
            caps = ' '.join(word for word in (words, more) if word)
            data = script(*expand(line.replace('CAPS', caps) for line in lines))
            compare('v0, %s, %s: %s' % (dialect, band, text), 'git-upload-pack', at('sample'), 0, data,
                    after_advertisement)


FETCHES = (
    ('a clone', ('want main', 'done')),
    ('a clone with thin-pack and tags', ('thin-pack', 'ofs-delta', 'include-tag', 'no-progress',
                                         'want main', 'want v1', 'done')),
    ('a want of a commit below', ('want main~4', 'done')),
    ('a want of a tree below', ('want main~4^{tree}', 'done')),
    ('a want twice', ('want main', 'want main', 'done')),
    ('nothing at all', ()),
    ('done alone', ('done',)),
    ('haves alone', ('have main',)),
    ('one common', ('want main', 'have main~3')),
    ('one common, done', ('want main', 'have main~3', 'done')),
    ('not there', ('want main', 'have absent')),
    ('not there, done', ('want main', 'have absent', 'done')),
    ('common and not there', ('want main', 'have main~3', 'have absent')),
    ('the same twice', ('want main', 'have main~3', 'have main~3')),
    ('all that is wanted', ('want main', 'have main')),
    ('one of two wants', ('want main', 'want topic/one', 'have topic/one')),
    ('a side of a merge', ('want main', 'have main^2')),
    ('a tag', ('want main', 'have v1')),
    ('a nested tag and not there', ('want main', 'have nested', 'have absent')),
    ('a tree', ('want main', 'have main^{tree}')),
    ('a blob', ('want main', 'have main:log')),
    ('a want without haves', ('want main',)),
    ('a want of a blob and a have', ('want blob', 'have main~1')),
    ('a child of what is wanted', ('want main~3', 'have main')),
    ('wait-for-done', ('wait-for-done', 'want main', 'have main~3')),
    ('wait-for-done, haves alone', ('wait-for-done', 'have main~3', 'have absent')),
    ('wait-for-done, nothing common', ('wait-for-done', 'have absent')),
    ('wait-for-done, nothing', ('wait-for-done',)),
    ('wait-for-done and done', ('wait-for-done', 'want main', 'have main~3', 'done')),
    ('a want that is not there', ('want absent', 'done')),
    ('a want that is not hexadecimal', ('want xyz', 'done')),
    ('a word that is none', ('want main', 'nonsense', 'done')),
    ('a filter, although not offered', ('want main', 'filter blob:none', 'done')),
    ('a want-ref, although not offered', ('want-ref refs/heads/main', 'done')),
)


def fetches():
    bodies = [script('command=fetch', 'object-format=sha1', DELIM, *expand(lines), FLUSH)
              for _, lines in FETCHES]
    for (text, _), body in zip(FETCHES, bodies):
        compare('v2 fetch: ' + text, 'git-upload-pack', at('sample'), 2,
                body + ls_refs_request((), ('HEAD',)) + FLUSH, after_capabilities)
    compare('v2 fetch: many requests in a row', 'git-upload-pack', at('sample'), 2,
            b''.join(bodies[:13]) + FLUSH, after_capabilities)
    compare('v2 fetch: an end in the middle of a request', 'git-upload-pack', at('sample'), 2,
            bodies[0][:-4], after_capabilities)
    compare('v2 fetch: an end between requests', 'git-upload-pack', at('sample'), 2, bodies[0],
            after_capabilities)


# --- receive-pack --------------------------------------------------------------------------------

EMPTY_PACK = b'PACK' + struct.pack('>II', 2, 0)
EMPTY_PACK += hashlib.sha1(EMPTY_PACK).digest()
GARBAGE = b'PACK' + b'x' * 40
REPORT = 'report-status delete-refs agent=x/1'

# Commands "OLD NEW REF" in revisions, "-" for none; capabilities; what follows the flush.
PUSHES = (
    ('a create', ('- main~1 refs/heads/new',), REPORT, EMPTY_PACK),
    ('a create, side-band', ('- main~1 refs/heads/new',), REPORT + ' side-band-64k quiet', EMPTY_PACK),
    ('a create, no report', ('- main~1 refs/heads/new',), 'agent=x/1', EMPTY_PACK),
    ('a create, no capabilities', ('- main~1 refs/heads/new',), None, EMPTY_PACK),
    ('a create, unknown capabilities', ('- main~1 refs/heads/new',), REPORT + ' x y=z', EMPTY_PACK),
    ('an update', ('main main~1 refs/heads/main',), REPORT, EMPTY_PACK),
    ('an update to the same', ('main main refs/heads/main',), REPORT, EMPTY_PACK),
    ('a delete', ('topic/one - refs/heads/topic/one',), REPORT, b''),
    ('a delete of what is not there', ('- - refs/heads/no',), REPORT, b''),
    ('a delete of what is not there, with an old value', ('main - refs/heads/no',), REPORT, b''),
    ('a wrong old value', ('main~2 main~1 refs/heads/main',), REPORT, EMPTY_PACK),
    ('an old value that is not there', ('absent main~1 refs/heads/main',), REPORT, EMPTY_PACK),
    ('a wrong old value, delete', ('main~2 - refs/heads/topic/one',), REPORT, b''),
    ('a create of what is there', ('- main~1 refs/heads/main',), REPORT, EMPTY_PACK),
    ('an update of what is not there', ('main main~1 refs/heads/no',), REPORT, EMPTY_PACK),
    ('a missing object', ('- absent refs/heads/new',), REPORT, EMPTY_PACK),
    ('a missing object, and a good command', ('- absent refs/heads/new', '- main refs/heads/good'),
     REPORT, EMPTY_PACK),
    ('a tree as a branch', ('- main^{tree} refs/heads/new',), REPORT, EMPTY_PACK),
    ('no pack', ('- main refs/heads/new',), REPORT, b''),
    ('half a pack', ('- main refs/heads/new',), REPORT, EMPTY_PACK[:20]),
    ('no pack at all', ('- main refs/heads/new',), REPORT, GARBAGE),
    ('nothing', (), REPORT, b''),
    ('another object format', ('- main refs/heads/new',), REPORT + ' object-format=sha256', EMPTY_PACK),
    ('a line that is no command', ('nonsense',), REPORT, EMPTY_PACK),
    ('a version 1 in the first line', ('- main refs/heads/new',), REPORT + ' version=1', EMPTY_PACK),
) + tuple(
    ('the name %r' % name, ('- main ' + name, '- main refs/heads/good'), REPORT, EMPTY_PACK)
    for name in ('main', 'HEAD', 'refs/heads', 'refs/x', 'refs/heads/', 'refs/heads/a..b', 'refs/heads/x.lock',
                 'refs/heads/.x', 'refs/heads//x', 'refs/heads/a b', 'refs/heads/a~b', 'refs/heads/a:b',
                 'refs/heads/@{x', 'refs/heads/@', 'refs/heads/a\\b', 'refs/heads/a\tb', 'refs/heads/x.',
                 'refs/heads/../../x', '../x', '/refs/heads/x', 'refs/heads/-x', 'refs/heads/*',
                 'objects/info/x', 'refs/heads/main/below', 'refs/heads/topic', 'refs/replace/x')
) + tuple(
    ('a delete of %r' % name, ('main - ' + name,), REPORT, b'')
    for name in ('main', 'HEAD', 'refs/heads', 'refs/x', 'refs/heads/a..b', '../x', 'refs/heads/topic'))

# Reasons that newer git gives, by what 2.39 says. Ours lets a one-level ref be deleted, as 2.47 does.
NEWER = {
    'failed to update ref': ('refname conflict', 'invalid new value provided', 'reference already exists',
                             'incorrect old value provided', 'reference does not exist'),
    'funny refname': ('reference does not exist',),
}


def same_words(their, our):
    if their == our:
        return True
    return any(their.endswith(' ' + words) and our == their[:-len(words)] + newer
               for words, several in NEWER.items() for newer in several)


def push_script(commands, capabilities, tail):
    lines = []
    for i, command in enumerate(commands):
        words = command.split(' ', 2)
        if len(words) == 3:
            words[:2] = (NULL if word == '-' else oid(word) for word in words[:2])
        ending = '\0' + capabilities if capabilities and not i else ''
        lines.append(pkt(' '.join(words) + ending))
    return b''.join(lines) + FLUSH + tail


def report_lines(output):
    """The report, out of its side-band if it came in one."""
    items = list(split(output))
    items = items[items.index('<flush>') + 1:] if '<flush>' in items else []
    if any(item[:1] == b'\1' for item in items if isinstance(item, bytes)):
        inner = b''.join(i[1:] for i in items if isinstance(i, bytes) and i[:1] == b'\1')
        items = list(split(inner)) + [i for i in items if isinstance(i, str)]
    lines = [i if isinstance(i, str) else i.decode('ascii', 'backslashreplace').rstrip('\n')
             for i in items if isinstance(i, str) or i[:1] not in (b'\2', b'\3')]
    # why nothing was unpacked is told in each side's own words
    return [re.sub('^unpack (?!ok).*', 'unpack failed', line) for line in without_error(lines)]


def push_once(programs, data):
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, 'remote')
        shutil.copytree(at('sample'), copy, symlinks=True)
        status, output, words = converse(programs, 'git-receive-pack', copy, 0, data)
        return status, report_lines(output), git(copy, 'for-each-ref').splitlines(), words


def pushes():
    for text, commands, capabilities, tail in PUSHES:
        data = push_script(commands, capabilities, tail)
        theirs, ours = push_once(THEIRS, data), push_once(OURS, data)
        same = len(theirs[1]) == len(ours[1]) and all(map(same_words, theirs[1], ours[1]))
        result(same and theirs[2] == ours[2] and (theirs[0] == 0) == (ours[0] == 0),
               'receive-pack: ' + text, difference(theirs[1], ours[1]), difference(theirs[2], ours[2]),
               'exit status: git %d, gitcell %d' % (theirs[0], ours[0]),
               'git says: ' + theirs[3], 'gitcell says: ' + ours[3])


SECTIONS = {'advertisements': advertisements, 'ls-refs': ls_refs, 'negotiations': negotiations,
            'fetches': fetches, 'pushes': pushes}

if __name__ == '__main__':
    for section in sys.argv[4:] or SECTIONS:
        SECTIONS[section]()
    print('1..%d' % NUMBER)
    sys.exit(FAILED != 0)
