// The page inside the widget's frame: its conversation with the merchant's page,
// and how a payment is sent. What is typed goes to the gateway that served this
// page, and nowhere else.
(function () {
  "use strict";
  var root = document.getElementById("widget");
  var set = root.dataset;
  var form = document.getElementById("card");
  var asked = document.getElementById("asked"); // the issuer waits
  var summary = document.getElementById("summary") || document.getElementById("asked-text");
  var here = "/v1/frame/" + set.checkout;
  var merchant = null; // { origin, shopperResultUrl }, told by the widget script
  var agreed = null;   // goes on when the merchant's page has no objection
  var busy = false;

  function say(message, origin) {
    if (window.parent !== window) {
      message.checkout = set.checkout;
      window.parent.postMessage(message, origin || (merchant ? merchant.origin : "*"));
    }
  }

  window.addEventListener("message", function (event) {
    var m = event.data;
    if (event.source !== window.parent || !m || m.checkout !== set.checkout) { return; }
    if (m.say === "start") {
      merchant = { origin: event.origin, shopperResultUrl: String(m.shopperResultUrl) };
    } else if (m.say === "submit" && agreed) {
      agreed();
      agreed = null;
    } else if (m.say === "stop" && agreed) {
      agreed = null;
      working(false);
    }
  });

  new ResizeObserver(function () {
    say({ say: "height", height: root.getBoundingClientRect().bottom + 8 }, "*");
  }).observe(root);

  // A page that comes back with the back button is fresh again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });

  if (!form && !asked) {
    say({ say: "error", name: set.error, message: root.textContent.trim() }, "*");
    return;
  }
  say({ say: "ready" }, "*");

  function money() {
    try {
      return new Intl.NumberFormat(set.locale, { style: "currency", currency: set.currency }).format(Number(set.amount));
    } catch (e) {
      return set.amount + " " + set.currency;
    }
  }

  var main = document.getElementById(form ? "pay" : "otherwise");
  if (form) {
    main.textContent = set.currency ? set.pay.replace("{amount}", money()) : set.save;
  }
  var label = main.textContent;

  function tell(text) {
    summary.textContent = text;
    if (text) { summary.focus(); }
  }

  function working(on) {
    var status = document.getElementById("working");
    busy = on;
    main.textContent = on ? set.working : label;
    root.querySelectorAll("button").forEach(function (b) { b.setAttribute("aria-disabled", String(on)); });
    if (status) { status.textContent = on ? set.working : ""; }
  }

  // leave hands the address to the widget script, which checks it and goes there.
  function leave(address) {
    if (address && merchant) {
      say({ say: "leave", address: address });
    } else {
      tell(set.unclear);
    }
  }

  function resultAddress() {
    if (!merchant) { return ""; }
    var to = new URL(merchant.shopperResultUrl);
    to.searchParams.append("id", set.checkout);
    to.searchParams.append("resourcePath", "/v1/checkouts/" + set.checkout + "/payment");
    return to.href;
  }

  function toIssuer(address) {
    if (window.parent === window) {
      window.location.assign(address);
    } else {
      say({ say: "challenge", address: address });
    }
  }

  // unanswered finds out whether money may have moved after a lost answer. It
  // offers another try only when the gateway says that nobody was charged.
  function unanswered(tries) {
    fetch(here + "/state").then(function (res) {
      if (!res.ok) { throw new Error("no state"); }
      return res.json();
    }).then(function (answer) {
      if (answer.state === "challenge") {
        window.location.reload(); // and offers the way to the issuer
      } else if (answer.state === "open") {
        working(false);
        tell(set.failed);
        say({ say: "error", name: "PciIframeSubmitError", message: set.failed });
      } else {
        leave(resultAddress());
      }
    }).catch(function () {
      if (tries > 0) {
        setTimeout(function () { unanswered(tries - 1); }, 1000);
      } else {
        leave(resultAddress());
      }
    });
  }

  // send posts to the gateway and does what it answers. wrong shows what is wrong
  // with a field, and says whether it could.
  function send(address, body, wrong) {
    body.set("locale", set.locale);
    if (merchant) { body.set("shopperResultUrl", merchant.shopperResultUrl); }
    working(true);
    if (form) { say({ say: "after" }); }
    fetch(address, { method: "POST", body: body }).then(function (res) {
      if (res.status >= 500) { throw new Error("no answer"); }
      return res.json();
    }).then(function (answer) {
      if (answer.outcome === "challenge") {
        toIssuer(answer.redirect);
      } else if (!answer.error) {
        leave(answer.redirect);
      } else {
        working(false);
        if (!answer.error.fields || !wrong(answer.error.fields)) {
          tell(answer.error.message);
          say({ say: "error", name: answer.error.name, message: answer.error.message });
        }
      }
    }).catch(function () { unanswered(5); });
  }

  function nothing() { return false; }

  if (asked) {
    document.getElementById("go").addEventListener("click", function () {
      if (!busy) { toIssuer(asked.dataset.address); }
    });
    main.addEventListener("click", function () {
      if (!busy) { send(here + "/cancel", new URLSearchParams(), nothing); }
    });
    return;
  }

  var card = window.cardFields(form, summary, set.offered.split(" "), function (brand) { say({ say: "brand", brand: brand }); });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (busy || card.show(card.problems())) { return; }
    function go() {
      var body = new URLSearchParams(new FormData(form));
      body.set("brands", set.brands);
      send(form.action, body, card.show);
    }
    if (!merchant) {
      go();
      return;
    }
    working(true);
    agreed = go;
    say({ say: "before", brand: card.brand() });
  });

  // The wallets: their sheet stands for what the device would show.
  var sheet = document.getElementById("sheet");
  var opener = null;
  root.querySelectorAll(".wallet").forEach(function (b) {
    b.setAttribute("aria-label", b.dataset.label.replace("{wallet}", b.dataset.name));
    b.addEventListener("click", function () {
      if (busy) { return; }
      opener = b;
      var text = document.getElementById("sheet-text");
      document.getElementById("sheet-name").textContent = b.dataset.name;
      text.textContent = text.dataset.text.replace("{merchant}", set.merchant).replace("{amount}", money());
      sheet.returnValue = "";
      sheet.showModal();
    });
  });
  if (sheet) {
    sheet.addEventListener("close", function () {
      opener.focus();
      if (sheet.returnValue !== "confirm") { return; }
      var chosen = new FormData(sheet.querySelector("form"));
      send(form.action, new URLSearchParams({ wallet: opener.dataset.wallet, card: chosen.get("card"), brands: set.brands }), nothing);
    });
  }
})();
