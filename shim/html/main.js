// From the results to the page.

function show() {
  const page = document.getElementById("page");
  page.replaceChildren();
  try {
    const model = modelOf(JSON.parse(document.getElementById("results").textContent));
    document.title = [model.title, model.command].filter(Boolean).join(": ");
    const parts = [verdict(model), scatter(model), runs(model), ...tables(model), memoryOverTime(model), sizes(model), allocationTime(model), machine(model)];
    page.append(...parts.filter(Boolean));
  } catch (error) {
    page.append(element("h1", {}, "These results cannot be shown"), element("p", {}, String(error.message || error)));
    throw error;
  }
}

show();
