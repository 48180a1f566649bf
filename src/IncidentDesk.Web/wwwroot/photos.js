/* Photos and documents on their way: kept in this browser until the desk has them, large photos made smaller on the phone, and sent in pieces that go on where they broke off.
   Of what a phone writes into a photo only when it was taken and which way up it stands goes along with a smaller one. */
(function () {
  'use strict';
  var english = document.documentElement.lang === 'en';
  var who = document.currentScript.dataset.person, root = document.currentScript.src.replace(/photos\.js.*$/, '') + 'api/v1/incidents/';
  var longestSide = 2000, quality = 0.85, smallEnough = 1048576, longest = 60000, first = 3000, slowest = 300000;
  var form = document.querySelector('form[data-photos]'), log = document.getElementById('photos'), queue = document.getElementById('photos-queue');
  var wait = first, timer = 0, busy = false, again = false, progress = {}, turned = null, opened = null;

  function say(zh, en) { return english ? en : zh; }

  /* The queue: one entry a file, until the desk has it or somebody deletes it. */
  function store(mode, act) {
    opened = opened || new Promise(function (done, failed) {
      var asked = indexedDB.open('desk-photos', 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore('queue', { keyPath: 'key' }); };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = failed;
    });
    return opened.then(function (db) {
      return new Promise(function (done, failed) {
        var transaction = db.transaction('queue', mode), result = act(transaction.objectStore('queue'));
        transaction.oncomplete = function () { done(result.result); };
        transaction.onerror = transaction.onabort = failed;
      });
    });
  }
  function all() {
    return store('readonly', function (q) { return q.getAll(); }).then(function (items) {
      items.forEach(function (i) { i.number = i.number || localStorage.getItem(numbered(i)); });
      return items.sort(function (a, b) { return a.addedAt - b.addedAt; });
    });
  }
  /* Where the number of the fault that a photo belongs to stands, once it has one; empty before. */
  function numbered(item) { return 'desk.photos ' + item.fault; }
  function keep(item) { return store('readwrite', function (q) { return q.put(item); }).then(show); }
  function drop(item) {
    delete progress[item.key];
    return store('readwrite', function (q) { return q.delete(item.key); }).then(all).then(function (left) {
      if (item.fault && !left.some(function (i) { return i.fault === item.fault; })) { localStorage.removeItem(numbered(item)); }
      return show();
    });
  }
  function key() { return Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), hex).join(''); }
  function hex(b) { return (b + 256).toString(16).slice(1); }

  /* What is read of a photo's Exif data, and what is written into the smaller one. */
  function exifOf(bytes) {
    var d = new DataView(bytes), at = 2, told = { way: 1 }, tiff, little, sub;
    function u16(p) { return d.getUint16(p, little); }
    function u32(p) { return d.getUint32(p, little); }
    function entry(dir, tag) {
      var n = u16(dir), p;
      for (p = dir + 2; n > 0 && p + 12 <= d.byteLength; n--, p += 12) { if (u16(p) === tag) { return p; } }
      return 0;
    }
    function text(p, n) {
      var s = '', i, from = p ? tiff + u32(p + 8) : 0;
      for (i = 0; p && i < n; i++) { s += String.fromCharCode(d.getUint8(from + i)); }
      return s;
    }
    try {
      if (d.getUint16(0) !== 0xFFD8) { return told; }
      while (d.getUint8(at) === 0xFF && d.getUint8(at + 1) !== 0xDA && !(d.getUint8(at + 1) === 0xE1 && d.getUint32(at + 4) === 0x45786966)) { at += 2 + d.getUint16(at + 2); }
      if (d.getUint8(at + 1) !== 0xE1) { return told; }
      tiff = at + 10;
      little = d.getUint16(tiff) === 0x4949;
      at = entry(tiff + u32(tiff + 4), 0x0112);
      told.way = at && u16(at + 8) >= 1 && u16(at + 8) <= 8 ? u16(at + 8) : 1;
      sub = entry(tiff + u32(tiff + 4), 0x8769);
      if (sub) {
        sub = tiff + u32(sub + 8);
        told.taken = text(entry(sub, 0x9003), 19);
        told.offset = text(entry(sub, 0x9011), 6);
      }
    } catch (e) { /* It ends before it should: what was read so far stands. */ }
    if (!/^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/.test(told.taken)) { told.taken = ''; }
    if (!/^[+-]\d\d:\d\d$/.test(told.offset)) { told.offset = ''; }
    return told;
  }
  function segment(exif, way) {
    var bytes = new Uint8Array(110), d = new DataView(bytes.buffer);
    function put(p, values, size) { values.forEach(function (v) { if (size === 2) { d.setUint16(p, v); } else { d.setUint32(p, v); } p += size; }); }
    function word(p, s) { for (var i = 0; i < s.length; i++) { bytes[p + i] = s.charCodeAt(i); } }
    put(0, [0xFFE1, 108, 0x4578, 0x6966, 0, 0x4D4D, 0x2A, 0, 8], 2);
    put(18, [exif.taken ? 2 : 1, 0x0112, 3, 0, 1, way, 0, 0x8769, 4, 0, 1, 0, 38, 0, 0], 2);
    if (!exif.taken) { put(32, [0, 0], 2); return bytes; }
    put(48, [exif.offset ? 2 : 1, 0x9003, 2, 0, 20, 0, 68], 2);
    if (exif.offset) { put(62, [0x9011, 2, 0, 7, 0, 88], 2); }
    word(78, exif.taken);
    word(98, exif.offset);
    return bytes;
  }

  /* Whether this browser turns a photo by itself, told by one of 2 x 1 pixels that stands on its side. */
  function turns() {
    turned = turned || createImageBitmap(new Blob([Uint8Array.from(atob(
      '/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////wAARCAABAAIDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/ALQAf//Z'), function (c) { return c.charCodeAt(0); })], { type: 'image/jpeg' })).then(function (b) { return b.width === 1; });
    return turned;
  }
  function shrink(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) { return Promise.resolve(file); }
    return Promise.all([createImageBitmap(file), file.slice(0, 262144).arrayBuffer(), turns()]).then(function (came) {
      var picture = came[0], exif = exifOf(came[1]), by = Math.min(1, longestSide / Math.max(picture.width, picture.height)), canvas = document.createElement('canvas'), draw;
      if (by === 1 && file.size <= smallEnough) { return file; }
      canvas.width = Math.round(picture.width * by);
      canvas.height = Math.round(picture.height * by);
      draw = canvas.getContext('2d');
      draw.fillStyle = '#fff';
      draw.fillRect(0, 0, canvas.width, canvas.height);
      draw.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise(function (done) { canvas.toBlob(done, 'image/jpeg', quality); }).then(function (small) {
        return !small || small.size >= file.size ? file : new Blob([small.slice(0, 2), segment(exif, came[2] ? 1 : exif.way), small.slice(2)], { type: 'image/jpeg' });
      });
    }).catch(function () { return file; });
  }

  function add(files, to) {
    return Array.prototype.reduce.call(files, function (before, file) {
      return before.then(function () { return shrink(file); }).then(function (blob) {
        return keep({
          key: key(), addedAt: Date.now(), person: to.person, number: to.number || null, fault: to.fault || null, name: file.name, blob: blob,
          capturedAt: file.lastModified ? new Date(file.lastModified).toISOString().slice(0, 19) + 'Z' : null
        });
      });
    }, Promise.resolve());
  }

  function ask(method, url, body, headers) {
    var stop = new AbortController(), clock = setTimeout(function () { stop.abort(); }, longest);
    return fetch(url, { method: method, body: body, headers: headers || {}, credentials: 'same-origin', cache: 'no-store', signal: stop.signal }).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) { return { came: 'away' }; }
      return answer.json().then(function (told) { return { came: answer.ok ? 'done' : answer.status === 401 ? 'signin' : 'refused', told: told }; }, function () { return { came: 'away' }; });
    }).catch(function () { return { came: 'away' }; }).then(function (came) { clearTimeout(clock); return came; });
  }
  function json(body) { return JSON.stringify(body); }

  /* One file: from where it stands to its end. What the desk finds missing is sent again, once from its beginning. */
  function send(item) {
    var at = root + encodeURIComponent(item.number), type = { 'Content-Type': 'application/json' }, size = item.blob.size, sha256, again = 0;
    function piece(offset, length) {
      progress[item.key] = offset / size;
      show();
      return ask('PUT', at + '/uploads/' + sha256 + '?size=' + size + '&offset=' + offset, item.blob.slice(offset, offset + length), { 'Content-Type': 'application/octet-stream' })
        .then(function (came) { return came.came !== 'done' ? lost(came) : came.told.offset < size ? piece(came.told.offset, length) : complete(); });
    }
    function complete() {
      return ask('POST', at + '/uploads/' + sha256 + '/complete', json({ size: size, name: item.name, capturedAt: item.capturedAt }), { 'Content-Type': 'application/json', 'Idempotency-Key': item.key }).then(lost);
    }
    function lost(came) {
      return came.came === 'refused' && /^upload_/.test(came.told.code) && again++ < 3 ? begin() : came;
    }
    function begin() {
      return ask('POST', at + '/uploads', json({ sha256: sha256, size: size }), type).then(function (came) {
        return came.came !== 'done' || came.told.attachment ? came : came.told.offset < size ? piece(came.told.offset, came.told.piece) : complete();
      });
    }
    return item.blob.arrayBuffer().then(function (bytes) { return crypto.subtle.digest('SHA-256', bytes); }).then(function (sum) {
      sha256 = Array.prototype.map.call(new Uint8Array(sum), hex).join('');
      return begin();
    });
  }

  function due(item) { return item.number && !item.refused && item.person === who; }

  function run() {
    clearTimeout(timer);
    if (busy) { again = true; return; }
    busy = true;
    again = false;
    all().then(function (items) {
      return items.filter(due).reduce(function (before, item) {
        return before.then(function (state) {
          return state.stop ? state : send(item).then(function (came) {
            if (came.came === 'done') { return drop(item).then(function () { state.here = state.here || (form && item.number === form.dataset.number); return state; }); }
            if (came.came === 'refused') { item.refused = say(came.told.title, came.told.detail) || say('未能上传。', 'It was not taken.'); return keep(item).then(function () { return state; }); }
            state.stop = came.came;
            return state;
          });
        });
      }, Promise.resolve({}));
    }).then(function (state) {
      busy = false;
      wait = state.stop ? Math.min(wait * 2, slowest) : first;
      if (state.stop === 'away') { timer = setTimeout(run, wait); } else if (again) { run(); }
      all().then(function (items) {
        var mine = items.filter(function (i) { return form && i.number === form.dataset.number; });
        if (state.here && mine.length === 0) { location.replace(location.pathname + '?done=attached'); }
        show(state.stop);
      });
    }, function () { busy = false; });
  }

  /* What waits, on the page of its incident or of the form that it belongs to. */
  function show(stop) {
    return all().then(function (items) {
      var here = items.filter(function (i) { return form ? i.number === form.dataset.number : document.forms.log && !i.number && i.fault === document.forms.log.elements.key.value; });
      if (!queue) { return; }
      queue.hidden = here.length === 0;
      queue.textContent = '';
      here.forEach(function (i) {
        var li = document.createElement('li'), state = document.createElement('p'), part = progress[i.key], bar;
        li.dataset.key = i.key;
        li.appendChild(document.createElement('strong')).textContent = i.name;
        li.appendChild(document.createElement('span')).textContent = ' ' + Math.max(1, Math.round(i.blob.size / 1024)) + ' kB';
        state.className = i.refused ? 'error' : 'soft';
        state.textContent = i.refused ? '✗ ' + i.refused : !i.number ? '⇪ ' + say('登记后上传', 'sent once the fault is logged') : stop === 'signin' ? '⚠ ' + say('登录已过期，登录后自动上传', 'sign in to send it')
          : stop === 'away' ? '⇪ ' + say('没有网络，稍后自动续传', 'no network; it goes on by itself') : '⇪ ' + say('正在上传', 'on its way') + (part ? ' ' + Math.floor(part * 100) + '%' : '');
        li.appendChild(state);
        if (!i.refused && i.number) {
          bar = li.appendChild(document.createElement('progress'));
          bar.value = part || 0;
          bar.setAttribute('aria-label', i.name);
        }
        if (i.refused || !i.number) {
          bar = li.appendChild(document.createElement('button'));
          bar.type = 'button';
          bar.className = 'danger';
          bar.textContent = say('删除', 'Delete');
          bar.addEventListener('click', function () { drop(i); });
        }
        queue.appendChild(li);
      });
    });
  }

  /* A fault that waited for a network has its number now: kept at once, since the page may be left in the next moment. */
  document.addEventListener('desk:logged', function (e) {
    if (localStorage.getItem(numbered({ fault: e.detail.key })) !== null) { localStorage.setItem(numbered({ fault: e.detail.key }), e.detail.number); }
    run();
  });
  document.addEventListener('desk:given-up', function (e) {
    all().then(function (items) { items.filter(function (i) { return i.fault === e.detail.key; }).forEach(drop); });
  });
  /* The form may stand for another fault now. */
  document.addEventListener('desk:waiting', function () { if (log) { show(); } });

  if (!window.indexedDB || !window.crypto || !crypto.subtle || !Blob.prototype.arrayBuffer) { return; }
  if (form) {
    form.elements.file.multiple = true;
    form.addEventListener('submit', function (e) {
      var files = Array.prototype.slice.call(form.elements.file.files);
      e.preventDefault();
      form.querySelector('button').disabled = true;
      add(files, { number: form.dataset.number, person: who }).then(function () {
        form.reset();
        form.querySelector('button').disabled = false;
        run();
      }, function () { form.submit(); });
    });
  } else if (log && document.forms.log) {
    log.className = 'field';
    log.innerHTML = '<label for="photo"></label><input id="photo" type="file" multiple accept="image/jpeg,image/png,image/webp,.pdf,.docx,.xlsx"><ul id="photos-queue" hidden></ul>';
    log.firstChild.textContent = say('照片(可不填，登记后上传)', 'Photos (optional, sent after the text)');
    queue = document.getElementById('photos-queue');
    document.getElementById('photo').addEventListener('change', function (e) {
      var fault = document.forms.log.elements.key.value, save = document.getElementById('save');
      function added() { e.target.value = ''; save.disabled = false; }
      /* Not before they are kept: the page is left when the fault is logged. */
      save.disabled = true;
      localStorage.setItem(numbered({ fault: fault }), localStorage.getItem(numbered({ fault: fault })) || '');
      add(e.target.files, { fault: fault, person: who }).then(added, added);
    });
  }
  window.addEventListener('online', function () { wait = first; run(); });
  show();
  run();
}());
