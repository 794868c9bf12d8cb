"""The compared implementations: Everview, a hand-written minimal server, other frameworks.

A contender (an implementation of the benchmarks) is a module in this package, written as the
documentation of its framework recommends. It runs in a separate process: ``python -m
benchmarks.contenders.NAME``. The process serves on a free port of 127.0.0.1. It reads URLs from
stdin, one per line, and answers each with a line on stdout: an address that shows the URL in a new
page. It ends when stdin is closed.

The page at ``/`` has its own state and contains:

* a button ``#add`` and an element ``#count`` with a number that starts at 0; a click adds 1.
  Ours and the floor also have ``#add-async``, which does the same in an ``async`` handler (the
  floor has only one kind of handler);
* a table with ``<tbody id="rows">``. A row is ``<tr id="row-10000"><td class="id">10000</td>``
  ``<td class="label"><a>label</a></td><td class="remove"><a>x</a></td></tr>``. Each row has two
  click handlers: the label selects the row, the x removes it;
* buttons for the operations of Stefan Krause's js-framework-benchmark: ``#create`` replaces all
  rows by 1,000 (from `benchmarks.rows.labels`, with another seed each time), ``#many`` by 10,000;
  ``#more`` appends 1,000, ``#one-more`` one; ``#update`` appends " !!!" to every 10th label;
  ``#select`` moves the class ``danger`` to the row after the selected one (at first to the second
  row); ``#swap`` swaps the second and the 999th row; ``#drop`` removes the sixth row; ``#clear``
  removes all rows.

At ``/log`` there is a button ``#log``. It starts a task that adds 5,000 lines (``line 0`` ...) to
``#lines``, one by one and as fast as possible, and writes the number of added lines into ``#done``.
A contender uses its own component for a log if it has one, else a ``<div>`` per line. At the end
the task writes two numbers, separated by a space, into ``#ended``: ``time.time()`` and its duration
in seconds.
"""
