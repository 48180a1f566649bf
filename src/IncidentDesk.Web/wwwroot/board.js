// Keeps an open board up to date: events of the server, and where none come, because a gateway holds them back, the fragment every 12 s. Without this file the board is
// what it was when it was opened.
(function () {
  'use strict';
  var board = document.getElementById('board'), dead = document.getElementById('dead'), ended = document.getElementById('ended');
  if (!board || !window.fetch) { return; }
  var english = document.documentElement.lang === 'en', wall = board.getAttribute('data-wall') === 'true';
  var SILENT = 8000, POLL = 12000, BLIND = 20000, PAGE = 12000;
  var serverNow = 0, heardAt = 0, clockText = '', source = null, events = 0, polledAt = 0, polling = false, over = false, live = true, build = null, page = 0, turnedAt = 0;

  // Not the wall clock of the phone, which may be wrong or be set in between.
  function tick() { return window.performance.now(); }
  function now() { return serverNow + (tick() - heardAt); }

  function heard(ms, clock) {
    serverNow = Number(ms); heardAt = tick(); clockText = clock;
    dead.hidden = true;
  }

  function read() {
    var root = board.firstElementChild;
    if (root) { heard(root.getAttribute('data-now'), root.getAttribute('data-clock')); }
  }

  // Whoever stands on a link of the board with the keyboard stands there still.
  function show(html) {
    var at = document.activeElement, href = at && board.contains(at) ? at.getAttribute('href') : null, links, i;
    board.innerHTML = html;
    if (href) {
      links = board.querySelectorAll('a[href]');
      for (i = 0; i < links.length; i++) { if (links[i].getAttribute('href') === href) { links[i].focus(); break; } }
    }
    read(); turn(); count();
  }

  function text(seconds) {
    var s = Math.abs(seconds), d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
    var words = english
      ? (d > 0 ? d + ' d ' + h + ' h' : h > 0 ? h + ' h ' + m + ' min' : m + ' min ' + s % 60 + ' s')
      : (d > 0 ? d + '天' + h + '小时' : h > 0 ? h + '小时' + m + '分' : m + '分' + s % 60 + '秒');
    return english ? words + (seconds < 0 ? ' over' : ' left') : (seconds < 0 ? '已超 ' : '剩余 ') + words;
  }

  function count() {
    var at = Math.floor(now() / 1000), cells = board.querySelectorAll('[data-due]'), i, due;
    for (i = 0; i < cells.length; i++) {
      due = cells[i].getAttribute('data-due');
      if (due) { cells[i].textContent = text(Number(due) - at); }
    }
  }

  // A screen on the wall has nobody who scrolls: as many rows as it has room for, and then the next ones.
  function turn() {
    var rows, room, per, pages, i, leaf = document.getElementById('leaf');
    if (!wall) { return; }
    rows = board.querySelectorAll('tbody tr');
    for (i = 0; i < rows.length; i++) { rows[i].hidden = false; }
    leaf.textContent = '';
    if (rows.length === 0) { return; }
    room = window.innerHeight - rows[0].getBoundingClientRect().top - window.pageYOffset - 56;
    per = 0;
    var used = 0, tallest = 0;
    for (i = 0; i < rows.length; i++) { tallest = Math.max(tallest, rows[i].offsetHeight); }
    while (used + tallest <= room) { used += tallest; per++; }
    per = Math.max(1, per);
    pages = Math.ceil(rows.length / per);
    page = page % pages;
    for (i = 0; i < rows.length; i++) { rows[i].hidden = Math.floor(i / per) !== page; }
    if (pages > 1) { leaf.textContent = leaf.getAttribute('data-words').replace('{0}', page + 1).replace('{1}', pages); }
  }

  function end() {
    over = true;
    if (source) { source.close(); source = null; }
    ended.hidden = false; dead.hidden = true;
  }

  function poll() {
    polling = true; polledAt = tick();
    window.fetch(board.getAttribute('data-rows'), { credentials: 'same-origin' }).then(function (answer) {
      if (answer.status === 401) { end(); return null; }
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (html !== null && !over) { show(html); }
    }).catch(function () { /* The banner says so when it lasts. */ }).then(function () { polling = false; });
  }

  function open() {
    if (!window.EventSource || over) { return; }
    source = new window.EventSource(board.getAttribute('data-stream'));
    source.addEventListener('board', function (e) { events = tick(); show(e.data); });
    source.addEventListener('pulse', function (e) {
      var said = JSON.parse(e.data);
      events = tick(); live = said.live;
      if (build && build !== said.build) { window.location.reload(); return; }
      build = said.build;

      // Where the stream cannot show this very board, only a look of its own brings it up to date.
      if (live) { heard(said.now, said.clock); }
    });
    source.addEventListener('ended', end);
    source.onerror = function () {
      // It tries again by itself unless it was refused; then a look tells why.
      if (source && source.readyState === 2) { source = null; if (!over) { poll(); } }
    };
  }

  function close() { if (source) { source.close(); source = null; } }

  read(); turn(); open();
  events = tick(); polledAt = tick();
  window.setInterval(function () {
    var at = tick(), clock;
    if (over) { return; }
    if (!document.hidden && !source && at - polledAt > POLL) { open(); }
    if (!document.hidden && !polling && (at - events > SILENT || !live) && at - polledAt > POLL) { poll(); }
    if (at - heardAt > BLIND) {
      if (dead.hidden) { dead.textContent = dead.getAttribute('data-words').replace('{0}', clockText); }
      dead.hidden = false;
    }
    count();
    clock = document.getElementById('clock');
    if (clock) { clock.textContent = shift(clockText, Math.floor(now() / 1000) - Math.floor(serverNow / 1000)); }
    if (wall && at - turnedAt > PAGE) { turnedAt = at; page++; turn(); }
  }, 1000);

  // The wall clock of the server, so many seconds on.
  function shift(text, seconds) {
    var parts = text.split(':'), s = (Number(parts[0]) * 3600 + Number(parts[1]) * 60 + Number(parts[2]) + seconds) % 86400;
    return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map(function (n) { return (n < 10 ? '0' : '') + n; }).join(':');
  }

  // A browser opens six connections to a host: a tab that nobody sees holds none.
  document.addEventListener('visibilitychange', function () {
    if (over || wall) { return; }
    if (document.hidden) { close(); } else { events = tick(); polledAt = tick(); open(); poll(); }
  });
  window.addEventListener('resize', turn);
  window.addEventListener('pagehide', close);
}());
