// A script that does not match its hash does not run, and leaves nothing behind.
if (!window.Quittance && !document.querySelector("form.paymentWidgets iframe")) {
  document.getElementById("broken").hidden = false;
}
