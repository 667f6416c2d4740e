// Back from the issuer, in a frame of the merchant's page: the widget script there
// knows where to go on. Which site that page is of nobody knows here, and what is
// said is no secret.
(function () {
  "use strict";
  var set = document.getElementById("done").dataset;
  if (window.parent !== window) {
    window.parent.postMessage({ say: "done", checkout: set.checkout }, "*");
  }
})();
