// What a page that takes a payment says when that is not to be had. It runs before
// the others' script, which looks for window.wpwlOptions when it starts.
(function () {
  "use strict";
  var seconds = Number(document.currentScript.dataset.seconds);

  function instead(id) {
    document.getElementById("payment").hidden = true;
    document.getElementById(id).hidden = false;
  }

  function ready(then) {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", then);
    } else {
      then();
    }
  }

  // A script that does not match its hash does not run, and says so by an error.
  document.addEventListener("error", function (event) {
    if (event.target.id === "theirs") {
      ready(function () { instead("blocked"); });
    }
  }, true);

  var over = window.setTimeout(function () { instead("over"); }, seconds * 1000);

  // The hosted checkout tells what happens; it says itself when it is over.
  document.addEventListener("quittance", function (event) {
    if (event.detail.type === "ready" || event.detail.type === "expired") {
      window.clearTimeout(over);
    }
  });

  window.wpwlOptions = {
    onAfterSubmit: function () { window.clearTimeout(over); }, // the bank may take its time
    onError: function (error) {
      if (error.name === "InvalidCheckoutIdError") {
        instead("over");
      }
    }
  };
})();
