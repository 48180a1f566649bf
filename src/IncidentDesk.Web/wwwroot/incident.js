/* The page of an incident: copy, print, and of a correction only the field that is chosen. All of it works by hand without this file. */
(function () {
  'use strict';

  function copied(text, done) {
    function byHand() {
      text.focus();
      text.select();
      if (document.execCommand('copy')) {
        done();
      }
    }

    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text.value).then(done, byHand);
    } else {
      byHand();
    }
  }

  document.querySelectorAll('[data-copy]').forEach(function (button) {
    var label = button.textContent;
    button.hidden = false;
    button.addEventListener('click', function () {
      copied(document.getElementById(button.dataset.copy), function () {
        button.textContent = button.dataset.said;
        setTimeout(function () { button.textContent = label; }, 3000);
      });
    });
  });

  document.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  document.querySelectorAll('[data-chooses]').forEach(function (select) {
    function show() {
      Array.prototype.forEach.call(select.options, function (option) {
        document.getElementById(select.dataset.chooses + option.value).closest('.field').hidden = !option.selected;
      });
    }

    document.querySelectorAll('[data-without-script]').forEach(function (hint) { hint.hidden = true; });
    select.addEventListener('change', show);
    show();
  });
}());
