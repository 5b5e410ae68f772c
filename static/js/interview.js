// Interviews by keyboard: inside a question a digit chooses the rating (0 is ten), y and n answer yes and no, "-" is not applicable;
// the focus goes on to the next question. Checklists show their running total. Both pages work without this.
"use strict";

(() => {
  if (window.interviewKeys) return;
  window.interviewKeys = true;

  const CHOSEN_BY = { 0: "10", y: "1", n: "0", "-": "na" };

  function radioFor(question, key) {
    const isYesNo = question.classList.contains("question-yes_no");
    const value = isYesNo ? { y: "1", n: "0", 1: "1", 0: "0", "-": "na" }[key] : /^[yn]$/.test(key) ? undefined : CHOSEN_BY[key] || key;
    return value === undefined ? null : question.querySelector(`input[type="radio"][value="${CSS.escape(value)}"]`);
  }

  function goOn(question) {
    const all = [...question.closest("[data-interview]").querySelectorAll("[data-question], textarea")];
    const next = all[all.indexOf(question) + 1];
    (next?.querySelector("input:checked, input") || next || question.querySelector("input:checked"))?.focus();
  }

  function onKey(event) {
    const question = event.target.closest?.("[data-question]");
    if (!question || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length > 1) return;
    const radio = radioFor(question, event.key.toLowerCase());
    if (!radio) return;
    event.preventDefault();
    event.stopPropagation();
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    goOn(question);
  }

  // In the capture phase: a digit that answers a question is no key of the page.
  document.addEventListener("keydown", onKey, true);

  function total(form) {
    const chosen = [...form.querySelectorAll("input[data-available]:checked")];
    const sum = (name) => chosen.reduce((points, input) => points + Number(input.dataset[name]), 0);
    const available = sum("available");
    form.querySelector("[data-total]").textContent = available ? ((100 * sum("earned")) / available).toFixed(1) : "–";
    form.querySelector("[data-entered]").textContent = form.querySelectorAll("[data-item] input[type=radio]:checked").length;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-checklist]");
    if (form) total(form);
  });
  document.querySelectorAll("[data-checklist]").forEach(total);
})();
