/* On every page: what was written down without a network stands in this browser's storage, one entry a fault, and is sent from whichever page is open. A fault keeps its key,
   so that sending it twice, or from two pages, logs it once. */
(function () {
  'use strict';
  var log = document.currentScript.dataset.log;
  var english = document.documentElement.lang === 'en';
  var prefix = 'desk.log ' + log + ' ';
  var longest = 15000, first = 5000, slowest = 300000, held = 60000;
  var wait = first, timer = 0, busy = false, signedOut = false;

  function say(zh, en) { return english ? en : zh; }

  function all() {
    var items = [], i, item;
    for (i = 0; i < localStorage.length; i++) {
      if (localStorage.key(i).indexOf(prefix) === 0) {
        try { item = JSON.parse(localStorage.getItem(localStorage.key(i))); } catch (e) { item = null; }
        if (item && item.key) { items.push(item); }
      }
    }
    return items.sort(function (a, b) { return a.savedAt - b.savedAt; });
  }

  /* False where the device has no room: then nothing was kept, and the form must stay as it is. */
  function keep(item) {
    try { localStorage.setItem(prefix + item.key, JSON.stringify(item)); } catch (e) { return false; }
    show();
    return true;
  }

  function drop(key) { localStorage.removeItem(prefix + key); show(); }

  function ask(url, options) {
    var stop = new AbortController(), clock = setTimeout(function () { stop.abort(); }, longest);
    options.credentials = 'same-origin';
    options.redirect = 'manual';
    options.cache = 'no-store';
    options.signal = stop.signal;
    options.headers = { Accept: 'application/json' };
    return fetch(url, options).then(function (answer) {
      /* A redirect leads to the sign-in, and 5xx may be a gateway's: the desk did not answer. */
      if (answer.type === 'opaqueredirect') { return { came: 'signin' }; }
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) { return { came: 'away' }; }
      return answer.json().then(
        function (told) { return { came: answer.ok ? 'done' : 'refused', told: told }; },
        function () { return { came: answer.status === 400 ? 'stale' : 'away' }; });
    }).catch(function () { return { came: 'away' }; }).then(function (came) { clearTimeout(clock); return came; });
  }

  function ready() { return ask(log + '?handler=Ready', {}); }

  /* How long it waited goes by this device's clock alone, right or wrong: the server reckons back from its own. */
  function send(item, token, asked) {
    var body = new URLSearchParams(), waited = Math.floor((Date.now() - Date.parse(item.capturedAt)) / 1000);
    item.fields.forEach(function (f) { body.append(f[0], f[1]); });
    (asked || []).forEach(function (a) { body.append('asked', a); });
    if (waited >= 30) { body.append('waited', String(waited)); }
    body.append('__RequestVerificationToken', token);
    return ask(log, { method: 'POST', body: body });
  }

  function due(item) { return !item.refused && !(item.heldUntil > Date.now()); }

  function flush() {
    if (busy || !all().some(due)) { later(); return; }
    busy = true;
    ready().then(function (came) {
      signedOut = came.came === 'signin';
      var who = came.came === 'done' && came.told.may ? came.told : null;
      var mine = who ? all().filter(function (i) { return due(i) && i.person === who.person; }) : [];
      return mine.reduce(function (before, item) {
        return before.then(function (goOn) { return goOn ? one(item, who.token) : false; });
      }, Promise.resolve(came.came !== 'away'));
    }).then(function (reached) {
      busy = false;
      wait = reached ? first : Math.min(wait * 2, slowest);
      show();
      later(reached);
    });
  }

  function one(item, token) {
    return send(item, token, ['offline', 'p1']).then(function (came) {
      if (came.came === 'done') {
        document.dispatchEvent(new CustomEvent('desk:logged', { detail: { key: item.key, number: came.told.number } }));
        drop(item.key);
        document.dispatchEvent(new CustomEvent('desk:sent', { detail: came.told }));
      } else if (came.came === 'refused' && came.told.code !== 'other_person') {
        item.refused = { code: came.told.code, field: came.told.field, said: came.told.said || '' };
        keep(item);
      } else if (came.came === 'signin') {
        signedOut = true;
      }
      return came.came === 'done' || came.came === 'refused';
    });
  }

  /* Only what a network can change is tried again by itself; another person's faults, and a session that has ended, wait for somebody. */
  function later(reached) {
    clearTimeout(timer);
    var waiting = all().filter(function (i) { return !i.refused; });
    if (waiting.length > 0 && !signedOut && !(reached && waiting.every(due))) { timer = setTimeout(flush, wait); }
  }

  function show() {
    var items = all().filter(function (i) { return !(i.heldUntil > Date.now()); }), wrong = items.filter(function (i) { return i.refused; }).length, line = document.getElementById('waiting');
    if (line) {
      line.hidden = items.length === 0;
      line.firstElementChild.textContent = '⇪ ' + say('待上传 ' + items.length + ' 条', items.length + ' waiting to be sent')
        + (wrong ? say('，其中需改正 ' + wrong + ' 条', ', ' + wrong + ' to be mended') : '')
        + (signedOut ? say('；登录已过期，登录后自动上传', '; sign in to send') : '');
    }
    document.dispatchEvent(new CustomEvent('desk:waiting'));
  }

  function now() { wait = first; flush(); }

  window.desk = { all: all, keep: keep, drop: drop, ready: ready, send: send, ask: ask, now: now, say: say, held: held, log: log, isSignedOut: function () { return signedOut; }, signOut: function () { signedOut = true; show(); } };
  window.addEventListener('online', now);
  window.addEventListener('storage', show);
  document.addEventListener('DOMContentLoaded', function () { show(); now(); });
}());
