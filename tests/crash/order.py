#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""tests/crash/order.py: reads a trace of mishap and prints what is written in the wrong order.

	order.py REPOSITORY TRACE

Holds, for one push: pack and idx are fsynced before they get a name in objects/pack, the pack gets its
name before the idx, and objects/pack is fsynced before any ref is touched; the value of a ref and a new
packed-refs are fsynced before their rename; a packed value is gone for good before its loose ref goes;
every directory that has changed is fsynced before the keeper says so, and it says so before the client
hears of it.
"""
import os
import sys

KEEPER, PARSER = "1", "2"


class Order:
	"""What is not on disk yet, at each line of the trace."""

	def __init__(self, repository):
		self.repository = repository
		self.files = set()  # with unsynced bytes
		self.directories = set()  # with unsynced entries
		self.has_pack = self.asked = self.answered = False

	def wrong(self, line, text):
		print(f"{text}: {line}")

	def see(self, line):
		_, process, call, at, to, result = line.split()
		at, to = self.shorten(at), self.shorten(to)
		if int(result) >= 0:
			getattr(self, "see_" + call, lambda *_: None)(line, process, at, to)

	def shorten(self, path):
		prefix = self.repository + "/"
		return path[len(prefix):] if path.startswith(prefix) else "." if path == self.repository else path

	def change(self, path):
		"""An entry of a directory; locks may come and go, and the quarantine."""
		if not path.endswith(".lock") and "tmp_objdir" not in path and "gitcell." not in path:
			self.directories.add(os.path.dirname(path) or ".")

	def see_openat(self, line, process, at, to):
		self.files.add(at)

	def see_pwrite64(self, line, process, at, to):
		self.files.add(at)

	def see_fsync(self, line, process, at, to):
		self.files.discard(at)
		self.directories.discard(at)

	def see_mkdirat(self, line, process, at, to):
		self.change(at)

	def see_linkat(self, line, process, at, to):
		if at == "gitcell.lock":
			if "objects/pack" in self.directories:
				self.wrong(line, "a ref is locked before objects/pack is on disk")
			return
		if at in self.files:
			self.wrong(line, "installed before it is on disk")
		if to.endswith(".pack"):
			self.has_pack = True
		elif not self.has_pack:
			self.wrong(line, "the idx has its name before the pack")
		self.change(to)

	def see_renameat(self, line, process, at, to):
		if at in self.files:
			self.wrong(line, "renamed before it is on disk")
		self.files.discard(at)
		if "objects/pack" in self.directories:
			self.wrong(line, "a ref moves before objects/pack is on disk")
		parent = os.path.dirname(os.path.dirname(to))
		if parent in self.directories:
			self.wrong(line, "the directory of a ref is not on disk")
		self.change(to)

	see_renameat2 = see_renameat

	def see_unlinkat(self, line, process, at, to):
		if at.startswith("refs/") and not at.endswith(".lock"):
			if "." in self.directories:
				self.wrong(line, "a loose ref goes before its packed value has")
			self.change(at)

	def see_rmdir(self, line, process, at, to):
		if at in self.directories:  # what was changed there is as lasting as this
			self.directories.discard(at)
			self.change(at)

	def see_write(self, line, process, at, to):
		if at not in ("socket", "pipe"):
			self.files.add(at)
		elif process == KEEPER and at == "socket":
			self.answer(line)
		elif process == PARSER and at == "socket":
			self.asked = True
		elif process == PARSER and self.asked and not self.answered:
			self.wrong(line, "the client hears something before the keeper has answered")

	def answer(self, line):
		self.answered = True
		for directory in sorted(self.directories):
			self.wrong(line, f"answered before {directory} is on disk")


def main():
	order = Order(sys.argv[1])
	with open(sys.argv[2], encoding="utf-8") as trace:
		for line in trace:
			if line != "end\n":
				order.see(line.rstrip("\n"))
	if not order.answered:
		print("the keeper never answered")


main()
