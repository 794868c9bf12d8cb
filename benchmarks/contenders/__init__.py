"""Who does the work: ours, the floor, and the peers, each idiomatic in its own way.

A contender is a module here, run as a process of its own: ``python -m benchmarks.contenders.NAME``.
It serves on a port of its own on 127.0.0.1; every line on stdin is a URL, answered by a line on
stdout with an address that shows it in a new page; it ends when stdin is closed.

At ``/`` every page has a state of its own, and:

* a button ``#add`` and ``#count``, whose text is a number from 0: one click, one more;
* a table with ``<tbody id="rows">``. A row is ``<tr><td class="id">0</td>``
  ``<td class="label"><a>label</a></td><td class="remove"><a>x</a></td></tr>``;
* buttons for what Stefan Krause's js-framework-benchmark does with it: ``#create`` replaces all
  rows by 1,000 (with `benchmarks.rows.labels`, another seed each time), ``#many`` by 10,000;
  ``#more`` adds 1,000, ``#one-more`` one; ``#update`` adds " !!!" to every 10th label; ``#select``
  moves the class ``danger`` to the row after the one that has it (at first the second); ``#swap``
  lets the second and the 999th row change places; ``#drop`` takes the sixth, ``#clear`` all.

At ``/log``: a button ``#log``, which starts a task that puts 5,000 lines (``line 0`` ...) into
``#lines``, one by one and as fast as it can, and how many it has added into ``#done``. What shows
them is the library's own part for that, where it has one, else a ``<div>`` a line. When the task is
done it puts two numbers with a space between into ``#ended``: ``time.time()``, and the seconds that
it took.
"""
