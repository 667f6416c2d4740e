// A page of ours in a frame of a merchant's page: what it tells the page around
// it, and the options of the gateway's widget. It must run before the widget's
// script. It speaks with one origin, the one that its address was made for.
(function () {
  "use strict";
  var data = document.currentScript.dataset;
  var told = { checkout: data.checkout };
  ["order_id", "status", "timestamp", "key_id", "signature", "redirect"].forEach(function (name) {
    var value = data[name.replace(/_(.)/g, function (all, c) { return c.toUpperCase(); })];
    if (value) { told[name] = value; }
  });

  function say(what, more) {
    if (window.parent !== window) {
      window.parent.postMessage(Object.assign({ quittance: 1, say: what }, told, more), data.host);
    }
  }

  function height() {
    var main = document.querySelector("main");
    if (main) { say("height", { height: Math.ceil(main.getBoundingClientRect().bottom + window.scrollY) }); }
  }

  window.addEventListener("message", function (event) {
    var m = event.data;
    if (event.source === window.parent && event.origin === data.host && m && m.quittance === 1) {
      if (m.say === "hello") { greet(m.renew === true); }
      if (m.say === "unrenewed") { look(); }
    }
  });

  // look asks what became of the checkout while another one was not to be had.
  function look() {
    var here = new URL(window.location.href);
    here.searchParams.set("said", "unrenewed");
    window.location.replace(here.href);
  }

  // greet answers the page around, which may be able to have the checkout renewed.
  function greet(renewable) {
    var again = document.getElementById("renew");
    if (again && renewable) {
      document.getElementById("reload").hidden = true;
      again.hidden = false;
    }
    height();
  }

  document.addEventListener("DOMContentLoaded", function () {
    var close = document.getElementById("close");
    close.hidden = false;
    close.addEventListener("click", function () { say("closed"); });
    var again = document.getElementById("renew");
    if (again) {
      again.addEventListener("click", function () {
        again.disabled = true;
        say("renew");
      });
    }
    new ResizeObserver(height).observe(document.querySelector("main"));
    height();
    if (data.say) { say(data.say); }
  });

  // A checkout that the gateway takes no more is paid, under way or over: the
  // return address asks.
  // The form is over with its checkout, unless the card was sent: the bank may take its
  // time, and asks its question in this very page.
  var over = data.over ? window.setTimeout(function () { window.location.reload(); }, Number(data.over) * 1000) : 0;

  window.wpwlOptions = {
    locale: document.documentElement.lang,
    onAfterSubmit: function () { window.clearTimeout(over); },
    onError: function (error) {
      var form = document.querySelector("form.paymentWidgets");
      if (error.name === "InvalidCheckoutIdError" && form) { window.location.replace(form.action); }
    }
  };
})();
