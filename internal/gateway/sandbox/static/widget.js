// The widget of one checkout. It puts a frame of the gateway's site into every
// form.paymentWidgets; card data never touches the merchant's page.
(function () {
  "use strict";
  var checkout = "{{checkout}}";
  var base = new URL(document.currentScript.src).origin;
  var options = window.wpwlOptions || {};
  var known = ["locale", "style", "paymentTarget", "shopperResultTarget", "requireCvv", "brandDetection", "threeDIframeSize",
    "onReady", "onDetectBrand", "onBeforeSubmitCard", "onAfterSubmit", "onError", "onLoadThreeDIframe"];

  Object.keys(options).forEach(function (name) {
    if (known.indexOf(name) < 0) {
      console.warn("paymentWidgets: option " + name + " is not supported by this gateway");
    }
  });
  if (options.shopperResultTarget && !options.paymentTarget) {
    console.warn("paymentWidgets: option shopperResultTarget works only together with paymentTarget");
  }

  // call asks the page. A page that throws is told so, and has not agreed.
  function call(name) {
    if (typeof options[name] !== "function") {
      return true;
    }
    try {
      return options[name].apply(options, Array.prototype.slice.call(arguments, 1));
    } catch (e) {
      console.error(e);
      if (name !== "onError") {
        call("onError", { name: "WidgetError", message: name + " failed" });
      }
      return false;
    }
  }

  // leave goes where the gateway says, but only to the form's own address.
  function leave(action, address) {
    var wanted = new URL(action);
    var got = new URL(address);
    if (got.origin !== wanted.origin || got.pathname !== wanted.pathname) {
      return;
    }
    var target = options.paymentTarget && (options.shopperResultTarget || options.paymentTarget);
    (target === "_top" ? window.top : window).location.assign(got.href);
  }

  // newFrame looks by rules of its own only: a strict page allows no style of ours.
  function newFrame(title, height) {
    var frame = document.createElement("iframe");
    frame.title = title;
    frame.referrerPolicy = "no-referrer";
    frame.style.display = "block";
    frame.style.maxWidth = "none";
    frame.style.height = height;
    frame.style.border = "0";
    frame.style.colorScheme = "light dark";
    return frame;
  }

  function length(value, orElse) {
    return value === undefined ? orElse : typeof value === "number" ? value + "px" : String(value);
  }

  function mount(form) {
    var locale = String(options.locale || document.documentElement.lang || "en");
    var german = /^de\b/i.test(locale);
    var action = form.action;
    var frame = newFrame(german ? "Kartenzahlung" : "Card payment", "440px");
    frame.style.width = "calc(100% + 8px)"; // its fields line up with the page around them
    frame.style.margin = "0 -4px";
    var asked = new URLSearchParams({ locale: locale, brands: form.getAttribute("data-brands") || "" });
    if (options.style) { asked.set("style", String(options.style)); }
    if (options.requireCvv === false) { asked.set("cvv", "no"); }
    if (options.brandDetection === false) { asked.set("detect", "no"); }
    frame.src = base + "/v1/frame/" + checkout + "?" + asked;
    var issuer = null; // the issuer's frame, where the page wants none of its own

    function tell(message) {
      message.checkout = checkout;
      frame.contentWindow.postMessage(message, base);
    }

    // challenge opens the issuer's page: in the window where the page says so, or
    // else in the place of the card form.
    function challenge(address) {
      var to = new URL(address, base);
      if (options.paymentTarget === "_top") {
        window.top.location.assign(to.href);
        return;
      }
      var size = options.threeDIframeSize || {};
      issuer = newFrame(german ? "Zahlung bestätigen" : "Confirm your payment", length(size.height, "600px"));
      issuer.style.width = length(size.width, "100%");
      issuer.addEventListener("load", function () { call("onLoadThreeDIframe"); }, { once: true });
      issuer.src = to.href;
      form.replaceChildren(issuer);
    }

    window.addEventListener("message", function (event) {
      var m = event.data;
      if (event.origin !== base || !m || m.checkout !== checkout) {
        return;
      }
      if (issuer && event.source === issuer.contentWindow && m.say === "done") {
        var back = new URL(action);
        back.searchParams.append("id", checkout);
        back.searchParams.append("resourcePath", "/v1/checkouts/" + checkout + "/payment");
        leave(action, back.href);
        return;
      }
      if (event.source !== frame.contentWindow) {
        return;
      }
      if (m.say === "ready") {
        tell({ say: "start", shopperResultUrl: action });
        call("onReady");
      } else if (m.say === "height" && m.height > 0) {
        frame.style.height = Math.min(2400, Math.ceil(m.height)) + "px";
      } else if (m.say === "brand") {
        call("onDetectBrand", m.brand ? [String(m.brand)] : [], m.brand ? String(m.brand) : null);
      } else if (m.say === "before") {
        tell({ say: call("onBeforeSubmitCard", { brand: String(m.brand) }) === false ? "stop" : "submit" });
      } else if (m.say === "after") {
        call("onAfterSubmit");
      } else if (m.say === "challenge") {
        challenge(String(m.address));
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
