// The card widget of one checkout. It puts a frame of the gateway's site into
// every form.paymentWidgets; card data never touches the merchant's page.
(function () {
  "use strict";
  var checkout = "{{checkout}}";
  var base = new URL(document.currentScript.src).origin;
  var options = window.wpwlOptions || {};
  var known = ["locale", "paymentTarget", "shopperResultTarget", "onReady", "onError"];

  Object.keys(options).forEach(function (name) {
    if (known.indexOf(name) < 0) {
      console.warn("paymentWidgets: option " + name + " is not supported by this gateway");
    }
  });

  function call(name, argument) {
    if (typeof options[name] === "function") {
      options[name](argument);
    }
  }

  // leave goes where the gateway says, but only to the form's own address.
  function leave(action, address) {
    var wanted = new URL(action);
    var got = new URL(address);
    if (got.origin !== wanted.origin || got.pathname !== wanted.pathname) {
      return;
    }
    var target = options.shopperResultTarget || options.paymentTarget;
    (target === "_top" ? window.top : window).location.assign(got.href);
  }

  function mount(form) {
    var locale = String(options.locale || document.documentElement.lang || "en");
    var brands = form.getAttribute("data-brands") || "VISA MASTER AMEX";
    var action = form.action;
    var frame = document.createElement("iframe");
    frame.title = /^de\b/i.test(locale) ? "Kartenzahlung" : "Card payment";
    frame.referrerPolicy = "no-referrer";
    frame.src = base + "/v1/frame/" + checkout + "?locale=" + encodeURIComponent(locale) +
      "&brands=" + encodeURIComponent(brands);
    frame.style.display = "block";
    frame.style.width = "calc(100% + 8px)"; // its fields line up with the page around them
    frame.style.maxWidth = "none";
    frame.style.margin = "0 -4px";
    frame.style.height = "440px";
    frame.style.border = "0";
    frame.style.colorScheme = "light dark";

    window.addEventListener("message", function (event) {
      var m = event.data;
      if (event.origin !== base || event.source !== frame.contentWindow || !m || m.checkout !== checkout) {
        return;
      }
      if (m.say === "ready") {
        frame.contentWindow.postMessage({ checkout: checkout, say: "start", shopperResultUrl: action }, base);
        call("onReady");
      } else if (m.say === "height" && m.height > 0) {
        frame.style.height = Math.min(2400, Math.ceil(m.height)) + "px";
      } else if (m.say === "leave") {
        leave(action, String(m.address));
      } else if (m.say === "error") {
        call("onError", { name: String(m.name), message: String(m.message) });
      }
    });

    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.replaceChildren(frame);
  }

  function start() {
    document.querySelectorAll("form.paymentWidgets").forEach(mount);
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
