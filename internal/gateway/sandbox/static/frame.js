// The card form inside the widget's frame. What is typed goes to the gateway
// that served this page, and nowhere else.
(function () {
  "use strict";
  var root = document.getElementById("widget");
  var set = root.dataset;
  var form = document.getElementById("card");
  var merchant = null; // { origin, shopperResultUrl }, told by the widget script
  var busy = false;

  function say(message, origin) {
    if (window.parent !== window) {
      message.checkout = set.checkout;
      window.parent.postMessage(message, origin);
    }
  }

  window.addEventListener("message", function (event) {
    var m = event.data;
    if (event.source === window.parent && m && m.say === "start" && m.checkout === set.checkout) {
      merchant = { origin: event.origin, shopperResultUrl: String(m.shopperResultUrl) };
    }
  });

  new ResizeObserver(function () {
    say({ say: "height", height: root.getBoundingClientRect().bottom + 8 }, "*");
  }).observe(root);

  if (!form) {
    say({ say: "error", name: set.error, message: root.textContent.trim() }, "*");
    return;
  }
  say({ say: "ready" }, "*");

  var fields = ["number", "expiry", "cvv", "holder"].map(function (id) { return document.getElementById(id); });
  var number = fields[0], expiry = fields[1], cvv = fields[2], holder = fields[3];
  var button = document.getElementById("pay");
  var summary = document.getElementById("summary");
  var label = set.pay.replace("{amount}", money());
  button.textContent = label;

  function money() {
    try {
      return new Intl.NumberFormat(set.locale, { style: "currency", currency: set.currency }).format(Number(set.amount));
    } catch (e) {
      return set.amount + " " + set.currency;
    }
  }

  function digits(text) { return text.replace(/\D/g, ""); }

  // rewrite formats a field while keeping the caret behind the same digit.
  function rewrite(input, shape) {
    var before = digits(input.value.slice(0, input.selectionStart)).length;
    var atEnd = input.selectionStart === input.value.length;
    var text = shape(digits(input.value));
    if (text === input.value) { return; }
    input.value = text;
    var caret = text.length;
    if (!atEnd) {
      for (caret = 0; before > 0 && caret < text.length; caret++) {
        if (/\d/.test(text[caret])) { before--; }
      }
    }
    input.setSelectionRange(caret, caret);
  }

  function brandOf(n) {
    if (/^3[47]/.test(n)) { return "AMEX"; }
    if (/^4/.test(n)) { return "VISA"; }
    if (/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/.test(n)) { return "MASTER"; }
    return "";
  }

  var names = { VISA: "Visa", MASTER: "Mastercard", AMEX: "Amex" };

  number.addEventListener("input", function () {
    rewrite(number, function (d) {
      d = d.slice(0, 19);
      return brandOf(d) === "AMEX"
        ? [d.slice(0, 4), d.slice(4, 10), d.slice(10, 15)].filter(Boolean).join(" ")
        : (d.match(/.{1,4}/g) || []).join(" ");
    });
    var name = names[brandOf(digits(number.value))] || "";
    var brand = document.getElementById("brand");
    if (brand.textContent !== name) { brand.textContent = name; }
  });

  expiry.addEventListener("input", function (event) {
    var erasing = /^delete/.test(event.inputType || "");
    var typed = /^(\d)\s*\/$/.exec(expiry.value); // 5/ means 05
    if (typed) { expiry.value = "0" + typed[1]; }
    var year = /^(\d{1,2})\s*\/\s*20(\d\d)$/.exec(expiry.value); // as browsers fill it in
    if (year) { expiry.value = ("0" + year[1]).slice(-2) + year[2]; }
    if (/^[2-9]$/.test(expiry.value) && !erasing) { expiry.value = "0" + expiry.value; }
    rewrite(expiry, function (d) {
      d = d.slice(0, 4);
      if (d.length < 2 || (d.length === 2 && erasing)) { return d; }
      return d.slice(0, 2) + " / " + d.slice(2);
    });
  });

  cvv.addEventListener("input", function () { rewrite(cvv, function (d) { return d.slice(0, 4); }); });

  function luhn(n) {
    var sum = 0;
    for (var i = 0; i < n.length; i++) {
      var d = Number(n[n.length - 1 - i]) * (i % 2 ? 2 : 1);
      sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 === 0;
  }

  // problem is what is wrong with a field, "" when nothing is.
  function problem(input) {
    var say = input.dataset, value = input.value.trim(), n = digits(number.value), brand = brandOf(n);
    if (!value) { return say.missing; }
    if (input === number) {
      if (n.length < 12 || !luhn(n)) { return say.wrong; }
      if (set.brands && set.brands.split(" ").indexOf(brand) < 0) { return say.brand; }
    }
    if (input === expiry) {
      var m = /^(\d\d) \/ (\d\d)$/.exec(value);
      if (!m || Number(m[1]) < 1 || Number(m[1]) > 12) { return say.wrong; }
      if (new Date(2000 + Number(m[2]), Number(m[1]), 2) < new Date()) { return say.past; }
    }
    if (input === cvv && value.length !== (brand === "AMEX" ? 4 : 3)) {
      return brand === "AMEX" ? say.amex : say.wrong;
    }
    if (input === holder && (value.length < 2 || digits(value).length > 9)) { return say.wrong; }
    return "";
  }

  function mark(input, text) {
    document.getElementById(input.id + "-error").textContent = text;
    if (text) {
      input.setAttribute("aria-invalid", "true");
    } else {
      input.removeAttribute("aria-invalid");
    }
  }

  fields.forEach(function (input) {
    input.addEventListener("blur", function () {
      if (input.value.trim()) { mark(input, problem(input)); }
    });
    input.addEventListener("input", function () {
      if (input.getAttribute("aria-invalid") && !problem(input)) { mark(input, ""); }
    });
  });

  // show marks what is wrong, sums it up and goes to the first wrong field.
  function show(wrong) {
    summary.replaceChildren();
    var bad = fields.filter(function (input) {
      mark(input, wrong[input.id] || "");
      return wrong[input.id];
    });
    if (!bad.length) { return false; }
    var intro = document.createElement("p");
    intro.textContent = summary.dataset.intro;
    var list = document.createElement("ul");
    bad.forEach(function (input) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      link.href = "#" + input.id;
      link.textContent = wrong[input.id];
      link.addEventListener("click", function (event) {
        event.preventDefault();
        input.focus();
      });
      item.append(link);
      list.append(item);
    });
    summary.append(intro, list);
    bad[0].focus();
    return true;
  }

  function tell(text) {
    summary.textContent = text;
    if (text) { summary.focus(); }
  }

  function working(on) {
    busy = on;
    button.setAttribute("aria-disabled", String(on));
    button.textContent = on ? set.working : label;
    document.getElementById("working").textContent = on ? set.working : "";
  }

  // leave hands the address to the widget script, which checks it and goes there.
  function leave(address) {
    if (address && merchant) {
      say({ say: "leave", address: address }, merchant.origin);
    } else {
      tell(set.unclear);
    }
  }

  // unanswered finds out whether money may have moved after a lost answer. It
  // offers another try only when the gateway says that nobody was charged.
  function unanswered(tries) {
    fetch("/v1/frame/" + set.checkout + "/state").then(function (res) {
      if (!res.ok) { throw new Error("no state"); }
      return res.json();
    }).then(function (answer) {
      if (answer.state === "open") {
        working(false);
        tell(set.failed);
        return;
      }
      leave(resultAddress());
    }).catch(function () {
      if (tries > 0) {
        setTimeout(function () { unanswered(tries - 1); }, 1000);
      } else {
        leave(resultAddress());
      }
    });
  }

  function resultAddress() {
    if (!merchant) { return ""; }
    var to = new URL(merchant.shopperResultUrl);
    to.searchParams.append("id", set.checkout);
    to.searchParams.append("resourcePath", "/v1/checkouts/" + set.checkout + "/payment");
    return to.href;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (busy) { return; }
    var wrong = {};
    fields.forEach(function (input) { wrong[input.id] = problem(input); });
    if (show(wrong)) { return; }
    var body = new URLSearchParams(new FormData(form));
    body.set("locale", set.locale);
    if (merchant) { body.set("shopperResultUrl", merchant.shopperResultUrl); }
    working(true);
    fetch(form.action, { method: "POST", body: body }).then(function (res) {
      if (res.status >= 500) { throw new Error("no answer"); }
      return res.json();
    }).then(function (answer) {
      if (!answer.error) {
        leave(answer.redirect);
        return;
      }
      working(false);
      if (!answer.error.fields || !show(answer.error.fields)) {
        tell(answer.error.message);
        say({ say: "error", name: answer.error.name, message: answer.error.message }, merchant ? merchant.origin : "*");
      }
    }).catch(function () { unanswered(5); });
  });

  // A page that comes back with the back button is fresh again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });
})();
