/* The page where a fault is logged: search of categories, what must be known first, and the form kept on the phone while there is no network. */
(function () {
  'use strict';
  var desk = window.desk, say = desk.say, form = document.getElementById('log');
  if (!form) { return; }
  var at = function (id) { return document.getElementById(id); };
  var category = form.elements.category, find = at('find'), found = at('found'), save = at('save'), said = at('said');
  var options = Array.prototype.slice.call(category.querySelectorAll('option[data-find]'));
  var building = null, sending = false, last = null, opened = null, looked = '', listed = false;

  function value(name) { return form.elements[name] ? form.elements[name].value : ''; }
  function chosen() { return category.selectedOptions[0] || category.options[0]; }
  function key() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (b) { return ('0' + b.toString(16)).slice(-2); }).join('');
  }

  /* The device's own time with its own offset: evidence, not what the clock goes by. */
  function deviceTime() {
    var d = new Date(), off = -d.getTimezoneOffset(), two = function (n) { return ('0' + Math.floor(Math.abs(n))).slice(-2); };
    return new Date(d.getTime() + off * 60000).toISOString().slice(0, 19) + (off < 0 ? '-' : '+') + two(off / 60) + ':' + two(off % 60);
  }

  /* Categories: typing shows what fits, of both kinds; choosing sets kind and category. */
  find.hidden = false;
  find.addEventListener('input', function () {
    var words = find.value.trim().toLowerCase().split(/\s+/), hits;
    found.textContent = '';
    hits = words[0] === '' ? [] : options.map(function (o, n) {
      var text = o.dataset.find, fits = words.every(function (w) { return text.indexOf(w) >= 0; });
      /* What begins as it was typed comes before what only holds it. */
      return { o: o, rank: !fits ? -1 : text.indexOf(words[0]) === 0 ? n : /[^a-z]/.test(words[0]) && o.textContent.indexOf(words[0]) >= 0 ? 1000 + n : 2000 + n };
    }).filter(function (h) { return h.rank >= 0; }).sort(function (a, b) { return a.rank - b.rank; }).slice(0, 8);
    hits.forEach(function (h) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'hit';
      button.dataset.code = h.o.value;
      button.textContent = h.o.textContent + ' · ' + h.o.parentNode.label;
      button.addEventListener('click', function () { choose(h.o); });
      found.appendChild(button);
    });
    if (words[0] !== '' && hits.length === 0) { found.textContent = say('没有符合的类别，请在下面选择。', 'Nothing fits; choose below.'); }
    found.hidden = words[0] === '';
  });
  find.addEventListener('keydown', function (e) {
    if (e.key === 'Enter') {
      e.preventDefault();
      if (found.querySelector('button')) { found.querySelector('button').click(); }
    } else if (e.key === 'ArrowDown' && found.querySelector('button')) {
      e.preventDefault();
      found.querySelector('button').focus();
    }
  });
  found.addEventListener('keydown', function (e) {
    var to = e.key === 'ArrowDown' ? e.target.nextElementSibling : e.key === 'ArrowUp' ? e.target.previousElementSibling || find : null;
    if (to) { e.preventDefault(); to.focus(); }
  });
  function choose(option) {
    setKind(option.dataset.kind);
    option.selected = true;
    find.value = '';
    found.hidden = true;
    refresh();
    category.focus();
  }
  function setKind(kind) { Array.prototype.forEach.call(form.elements.kind, function (r) { r.checked = r.value === kind; }); }

  /* What does not belong to the kind, basis or manner is put away; what is urgent is said at once. */
  function refresh() {
    var kind = value('kind'), option = chosen(), severity = value('severity') || option.dataset.severity, basis = form.elements.basis.selectedOptions[0], urgent = severity === 'P1';
    options.forEach(function (o) { o.hidden = o.disabled = o.dataset.kind !== kind; });
    Array.prototype.forEach.call(category.querySelectorAll('optgroup'), function (g) { g.hidden = g.dataset.kind !== kind; });
    if (option.dataset.kind && option.dataset.kind !== kind) { category.value = ''; urgent = value('severity') === 'P1'; }
    hide('.of-system', kind !== 'system');
    hide('.of-passed', !basis || !basis.dataset.passed);
    hide('.of-follow-up', value('manner') !== 'temporary_measure');
    hide('.of-receipt', value('manner') !== 'handed_over');
    if (at('urgent').hidden === urgent) { at('urgent').hidden = !urgent; }
    at('call').hidden = !urgent || !option.dataset.call;
    at('call').lastElementChild.textContent = option.dataset.call || '';
    if (kind !== 'rental') { showNear(null); } else { look(); }
  }
  function hide(which, so) { Array.prototype.forEach.call(form.querySelectorAll(which), function (e) { e.hidden = so; }); }

  /* The building's tickets, once town and address stand. Without a network there is no answer, and nobody waits for one. */
  function look() {
    var town = value('town'), address = value('address').trim(), now = town + ' ' + address;
    if (now === looked) { return; }
    looked = now;
    showNear(null);
    if (town && address) {
      desk.ask(desk.log + '?handler=Near&town=' + encodeURIComponent(town) + '&address=' + encodeURIComponent(address), {}).then(function (came) {
        if (came.came !== 'done') { looked = looked === now ? '' : looked; } else if (looked === now) { showNear(came.told); }
      });
    }
  }
  function showNear(told) {
    var box = at('near'), list = box.querySelector('ul');
    building = told && told.tickets.length > 0 ? told.building : null;
    box.hidden = !building;
    list.textContent = '';
    if (!building) { return; }
    box.querySelector('strong').textContent = told.said;
    told.tickets.forEach(function (t) {
      var item = document.createElement('li'), link = document.createElement('a');
      link.href = t.at;
      link.target = '_blank';
      link.rel = 'noopener';
      link.textContent = t.number;
      item.appendChild(link);
      item.appendChild(document.createTextNode(' ' + t.said));
      list.appendChild(item);
    });
  }

  if (form.elements.recent) {
    form.elements.recent.addEventListener('change', function () {
      var place = form.elements.recent.value.split('\t');
      if (place.length === 3) {
        ['town', 'address', 'room'].forEach(function (name, n) { form.elements[name].value = place[n]; });
        form.elements.recent.value = '';
        refresh();
      }
    });
  }
  form.addEventListener('change', refresh);

  /* Errors beside their fields, as the server writes them. */
  function clearErrors() {
    Array.prototype.forEach.call(form.querySelectorAll('.field.wrong'), function (f) {
      var error = f.querySelector('.error');
      f.classList.remove('wrong');
      if (error) { error.parentNode.removeChild(error); }
    });
    said.hidden = true;
  }
  function showError(field, sentence) {
    var control = form.elements[field], box, line;
    if (control && control.length && !control.options) { control = control[0]; }
    box = control && control.type !== 'hidden' && control.closest('.field');
    if (!box) { tell(sentence, 'error'); return; }
    line = document.createElement('p');
    line.className = 'error';
    line.id = field + '-error';
    line.setAttribute('role', 'alert');
    line.textContent = sentence;
    box.classList.add('wrong');
    box.insertBefore(line, box.querySelector('.hint') ? box.querySelector('.hint').nextSibling : box.children[1] || null);
    control.setAttribute('aria-describedby', line.id);
    if (box.closest('details')) { box.closest('details').open = true; }
    for (box = control.parentNode; box !== form; box = box.parentNode) { if (box.hidden) { box.hidden = false; } }
    control.focus();
  }
  function tell(sentence, how) {
    said.textContent = sentence;
    said.className = how;
    said.hidden = false;
    said.scrollIntoView({ block: 'center' });
  }

  /* What the desk would certainly refuse is not put away for later. */
  function missing() {
    var spot = form.elements.spot.checked;
    return !category.value ? ['category', say('请选择故障类别。', 'Choose a category.')]
      : value('kind') === 'system' && !value('system') ? ['system', say('请选择信息系统。', 'Choose the information system.')]
      : value('kind') === 'rental' && !value('town') ? ['town', say('请选择镇街。', 'Choose the town.')]
      : value('kind') === 'rental' && !value('address').trim() ? ['address', say('请填写地址，如 新市路56号。', 'Give the address.')]
      : form.elements.basis.selectedOptions[0].dataset.passed && !value('reportedAt') ? ['reportedAt', say('转来的工单请填写派来的时间：时限从那时起算。', 'For a ticket that was passed on, say when it reached you: the clock starts there.')]
      : spot && !value('manner') ? ['manner', say('请选择办结方式。', 'Say how the fault ended.')]
      : spot && value('manner') === 'temporary_measure' && !value('followUpOn') ? ['followUpOn', say('采取临时措施控险的，请填写后续根治的日期。', 'A temporary measure needs a date for the follow-up.')]
      : spot && value('manner') === 'handed_over' && !value('receipt').trim() ? ['receipt', say('移交责任单位的，须取得并登记回执。', 'A handover needs the receipt.')]
      : null;
  }

  function item() {
    var fields = [];
    form.elements.capturedAt.value = form.elements.capturedAt.value || deviceTime();
    new FormData(form).forEach(function (v, name) {
      if (name !== '__RequestVerificationToken' && name !== 'asked' && name !== 'recent') { fields.push([name, String(v)]); }
    });
    return {
      key: value('key'), person: value('person'), name: form.elements.person.dataset.name, capturedAt: value('capturedAt'), savedAt: Date.now(), fields: fields,
      label: (chosen().textContent + ' ' + value('address') + ' ' + value('room')).trim()
    };
  }
  function asked() {
    return (at('urgent').hidden ? [] : ['p1']).concat(building ? [building] : []).concat(Array.prototype.map.call(form.querySelectorAll('input[name=asked]'), function (i) { return i.value; }));
  }

  form.addEventListener('submit', function (e) {
    var wrong, mine;
    e.preventDefault();
    if (sending) { return; }
    clearErrors();
    wrong = missing();
    if (wrong) { showError(wrong[0], wrong[1]); return; }
    mine = item();
    /* Kept before it is sent: a phone that dies now has lost nothing. Until the answer is due no page sends it besides. */
    mine.heldUntil = Date.now() + desk.held;
    if (!desk.keep(mine)) { last = null; }
    if (navigator.onLine === false) { putAside(mine); return; }
    sending = save.disabled = true;
    attempt(mine, value('__RequestVerificationToken'), true).then(function () { sending = save.disabled = false; });
  });

  function attempt(mine, token, again) {
    return desk.send(mine, token, asked()).then(function (came) {
      if (came.came === 'done') { leave(mine.key, came.told.number); window.location.assign(came.told.at); return new Promise(function () { }); }
      if (came.came === 'stale' && again) {
        return desk.ready().then(function (r) {
          if (r.came === 'signin') { desk.signOut(); }
          return r.came === 'done' ? attempt(mine, r.told.token, false) : putAside(mine);
        });
      }
      if (came.came !== 'refused') {
        if (came.came === 'signin') { desk.signOut(); }
        return putAside(mine);
      }
      /* What was in the list stays there until the desk has it; a new one stands in the form. */
      if (opened) { desk.keep(opened); } else { desk.drop(mine.key); }
      if (came.told.code === 'ask') { question(came.told); } else { refused(mine.key, came.told); }
      return undefined;
    });
  }
  function leave(key, number) {
    [key].concat(opened ? opened.key : []).forEach(function (k) {
      document.dispatchEvent(new CustomEvent('desk:logged', { detail: { key: k, number: number } }));
      desk.drop(k);
    });
    opened = null;
  }
  function question(told) {
    if (told.urgent) { at('urgent').hidden = false; }
    if (told.near && told.near.tickets.length > 0) { showNear(told.near); }
    save.textContent = form.dataset.anyway;
    (told.urgent ? at('urgent') : at('near')).scrollIntoView({ block: 'center' });
  }
  function refused(wasKey, told) {
    if (told.code === 'form_sent_before') { form.elements.key.value = key(); form.elements.capturedAt.value = ''; }
    if (told.code === 'other_person') {
      desk.ready().then(function (r) {
        if (r.came === 'done') { form.elements.person.value = r.told.person; form.elements.person.dataset.name = r.told.name; form.elements.__RequestVerificationToken.value = r.told.token; }
      });
    }
    showError(told.field, told.said || say('未能登记，请检查后再试。', 'It was not logged; check it and try again.'));
  }

  /* Kept for later, and the form is empty for the next fault. */
  function putAside(mine) {
    delete mine.heldUntil;
    if (!desk.keep(mine)) { tell(say('本机存储空间不足，未能保存。请勿离开本页，有网络后再按「登记」。', 'This device has no room: nothing was kept. Stay on this page and log it when there is a network.'), 'error'); return; }
    last = mine;
    if (opened && opened.key !== mine.key) { desk.drop(opened.key); }
    empty();
    tell(desk.isSignedOut() ? say('登录已过期，已保存在本机，登录后自动上传。可继续登记下一条。', 'Your session has ended. It is kept on this device and is sent once you have signed in.')
      : say('没有网络，已保存在本机，待上传 ' + desk.all().length + ' 条，有网络时自动上传。可继续登记下一条。', 'No network: kept on this device, ' + desk.all().length + ' waiting, sent by itself. You may go on with the next.'), 'done');
    desk.now();
  }
  function empty() {
    form.reset();
    form.elements.key.value = key();
    form.elements.capturedAt.value = '';
    Array.prototype.forEach.call(form.querySelectorAll('input[name=asked]'), function (i) { i.parentNode.removeChild(i); });
    save.textContent = form.dataset.send;
    looked = '';
    opened = null;
    clearErrors();
    refresh();
  }
  function fill(fields, without) {
    form.elements.spot.checked = false;
    fields.forEach(function (f) {
      var control = form.elements[f[0]];
      if (!control || without.indexOf(f[0]) >= 0) { return; }
      if (f[0] === 'kind') { setKind(f[1]); } else if (control.type === 'checkbox') { control.checked = control.value === f[1]; } else { control.value = f[1]; }
    });
    options.forEach(function (o) { o.disabled = false; });
    category.value = (fields.filter(function (f) { return f[0] === 'category'; })[0] || ['', ''])[1];
    looked = '';
    refresh();
  }

  /* Without a network 同上 copies from the one just kept. */
  if (at('same')) {
    at('same').addEventListener('click', function (e) {
      if (last && navigator.onLine === false) {
        e.preventDefault();
        fill(last.fields, ['key', 'capturedAt', 'person', 'reporterName', 'reporterPhone', 'reportedAt', 'occurredAt', 'externalNo', 'spot', 'manner', 'handling', 'followUpOn', 'receipt']);
      }
    });
  }

  /* The list of what is kept. */
  function list() {
    var items = desk.all().filter(function (i) { return !(i.heldUntil > Date.now()); }), me = form.elements.person.value, ul = at('kept-list');
    at('kept').hidden = items.length === 0;
    at('kept-signin').hidden = !desk.isSignedOut();
    ul.textContent = '';
    items.forEach(function (i) {
      var li = document.createElement('li'), state = document.createElement('p'), mine = i.person === me;
      li.dataset.key = i.key;
      li.appendChild(document.createElement('strong')).textContent = i.label;
      li.appendChild(document.createElement('span')).textContent = ' ' + i.capturedAt.slice(5, 16).replace('T', ' ') + ' ' + i.name;
      state.className = i.refused ? 'error' : mine ? 'soft' : 'notice';
      state.textContent = i.refused ? '✗ ' + say('需要改正：', 'To be mended: ') + i.refused.said
        : mine ? '⇪ ' + (desk.isSignedOut() ? say('等待登录', 'waiting for you to sign in') : say('等待网络', 'waiting for a network'))
        : '⚠ ' + say('由 ' + i.name + ' 填写，待其本人登录后上传。', 'Written by ' + i.name + '; sent once they sign in.');
      li.appendChild(state);
      if (i.refused || !mine) {
        button(li, mine ? say('改正', 'Mend') : say('由我核对并登记', 'Check it and log it as mine'), 'second', function () { open(i); });
      }
      if (mine) {
        button(li, say('删除', 'Delete'), 'danger', function () {
          if (window.confirm(say('删除后无法恢复，确定不登记这一条？', 'It cannot be brought back. Delete it?'))) { document.dispatchEvent(new CustomEvent('desk:given-up', { detail: { key: i.key } })); desk.drop(i.key); }
        });
      }
      ul.appendChild(li);
    });
    if (said.className === 'done' && items.some(function (i) { return i.refused; })) { said.hidden = true; }
    if (items.length > 0 && !listed && location.hash === '#kept') { at('kept').scrollIntoView(); }
    listed = listed || items.length > 0;
  }
  function button(to, words, how, act) {
    var b = document.createElement('button');
    b.type = 'button';
    b.className = how;
    b.textContent = words;
    b.addEventListener('click', act);
    to.appendChild(b);
  }

  /* Into the form again: it stays on the phone until the desk has it. */
  function open(i) {
    clearErrors();
    opened = i;
    fill(i.fields, ['person']);
    if (i.refused && i.refused.code === 'form_sent_before') { form.elements.key.value = key(); }
    if (i.refused) { showError(i.refused.field, i.refused.said); } else { category.focus(); }
  }

  at('kept-send').addEventListener('click', desk.now);
  document.addEventListener('desk:waiting', list);
  document.addEventListener('desk:sent', function (e) {
    tell(say('已上传：' + e.detail.number, 'Sent: ' + e.detail.number), 'done');
  });
  refresh();
  list();
}());
