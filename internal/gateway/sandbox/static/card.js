// The fields of the card form: how they are written while they are typed, and
// what is wrong with them.
(function () {
  "use strict";

  function digits(text) { return text.replace(/\D/g, ""); }

  function luhn(n) {
    var sum = 0;
    for (var i = 0; i < n.length; i++) {
      var d = Number(n[n.length - 1 - i]) * (i % 2 ? 2 : 1);
      sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 === 0;
  }

  function brandOf(n) {
    if (/^3[47]/.test(n)) { return "AMEX"; }
    if (/^4/.test(n)) { return "VISA"; }
    if (/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/.test(n)) { return "MASTER"; }
    return "";
  }

  var names = { VISA: "Visa", MASTER: "Mastercard", AMEX: "Amex" };

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

  // cardFields minds the fields of a form. offered are the brands that may pay;
  // onBrand hears which one is typed. It gives the brand, the problems by field
  // and a way to show them.
  window.cardFields = function (form, summary, offered, onBrand) {
    var fields = ["number", "expiry", "cvv", "holder"].map(function (id) { return document.getElementById(id); }).filter(Boolean);
    var number = document.getElementById("number"), expiry = document.getElementById("expiry");
    var cvv = document.getElementById("cvv"), holder = document.getElementById("holder");
    var shown = document.getElementById("brand");
    var typed = "";

    function brand() { return brandOf(digits(number.value)); }

    number.addEventListener("input", function () {
      rewrite(number, function (d) {
        d = d.slice(0, 19);
        return brandOf(d) === "AMEX"
          ? [d.slice(0, 4), d.slice(4, 10), d.slice(10, 15)].filter(Boolean).join(" ")
          : (d.match(/.{1,4}/g) || []).join(" ");
      });
      if (shown && brand() !== typed) {
        typed = brand();
        shown.textContent = names[typed] || "";
        onBrand(typed);
      }
    });

    expiry.addEventListener("input", function (event) {
      var erasing = /^delete/.test(event.inputType || "");
      var month = /^(\d)\s*\/$/.exec(expiry.value); // 5/ means 05
      if (month) { expiry.value = "0" + month[1]; }
      var year = /^(\d{1,2})\s*\/\s*20(\d\d)$/.exec(expiry.value); // as browsers fill it in
      if (year) { expiry.value = ("0" + year[1]).slice(-2) + year[2]; }
      if (/^[2-9]$/.test(expiry.value) && !erasing) { expiry.value = "0" + expiry.value; }
      rewrite(expiry, function (d) {
        d = d.slice(0, 4);
        if (d.length < 2 || (d.length === 2 && erasing)) { return d; }
        return d.slice(0, 2) + " / " + d.slice(2);
      });
    });

    if (cvv) {
      cvv.addEventListener("input", function () { rewrite(cvv, function (d) { return d.slice(0, 4); }); });
    }

    // problem is what is wrong with a field, "" when nothing is.
    function problem(input) {
      var say = input.dataset, value = input.value.trim(), n = digits(number.value);
      if (!value) { return say.missing; }
      if (input === number) {
        if (n.length < 12 || !luhn(n)) { return say.wrong; }
        if (offered.indexOf(brand()) < 0) { return say.brand; }
      }
      if (input === expiry) {
        var m = /^(\d\d) \/ (\d\d)$/.exec(value);
        if (!m || Number(m[1]) < 1 || Number(m[1]) > 12) { return say.wrong; }
        if (new Date(2000 + Number(m[2]), Number(m[1]), 2) < new Date()) { return say.past; }
      }
      if (input === cvv && value.length !== (brand() === "AMEX" ? 4 : 3)) {
        return brand() === "AMEX" ? say.amex : say.wrong;
      }
      // A result code and what the scheme adds to it are at most 9 digits and 3 more.
      if (input === holder && (value.length < 2 || digits(value).length > 12)) { return say.wrong; }
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

    function problems() {
      var wrong = {};
      fields.forEach(function (input) { wrong[input.id] = problem(input); });
      return wrong;
    }

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

    return { brand: brand, problems: problems, show: show };
  };
})();
