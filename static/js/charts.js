// Draws every [data-chart] from the JSON in the page; ECharts is fetched only where there is one. The table twin needs none of this.
"use strict";

const ACCENTS = ["#0b6b72", "#c07a1e", "#5b6fb5", "#7a8f3c", "#a2567e", "#6b7f83"];

function cssValue(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function targetSeries(data, word) {
  const color = cssValue("--ink-soft");
  return { name: word, type: "line", data: data.labels.map(() => data.target), symbol: "none", silent: true, lineStyle: { type: "dashed", width: 1.5, color }, itemStyle: { color } };
}

function chartSeries(data, word) {
  const drawn = data.series.map((one, index) => ({
    name: one.name,
    type: data.type === "bar" ? "bar" : "line",
    data: one.values,
    barMaxWidth: 28,
    symbolSize: 6,
    connectNulls: false,
    lineStyle: { width: 2 },
    itemStyle: { color: ACCENTS[index % ACCENTS.length], borderRadius: data.type === "bar" ? [3, 3, 0, 0] : 0 },
  }));
  return data.target === undefined || data.target === null ? drawn : [...drawn, targetSeries(data, word)];
}

// The 95% interval as a shaded area: an unseen line at its lower end and, stacked on it, the distance to the upper end.
function intervalBand(data) {
  if (!data.band) return [];
  const hidden = { type: "line", stack: "band", silent: true, symbol: "none", lineStyle: { opacity: 0 }, emphasis: { disabled: true }, z: 1 };
  return [
    { ...hidden, id: "band-low", data: data.band.map((edges) => edges && edges[0]) },
    { ...hidden, id: "band", data: data.band.map((edges) => edges && edges[1] - edges[0]), areaStyle: { color: ACCENTS[0], opacity: 0.12 } },
  ];
}

function tooltip(data) {
  const escaped = window.echarts.format.encodeHTML;
  return (items) => {
    const interval = data.band && data.band[items[0].dataIndex];
    const lines = items.filter((item) => !item.seriesId.startsWith("band") && item.value !== null && item.value !== undefined);
    const words = lines.map((item) => `${item.marker}${escaped(item.seriesName)} <strong>${item.value}${escaped(data.unit || "")}</strong>`);
    return [escaped(items[0].name), ...(words.length ? words : ["–"]), ...(interval ? [`${interval[0]}–${interval[1]}`] : [])].join("<br>");
  };
}

function chartOptions(data, word) {
  const soft = cssValue("--ink-soft");
  const series = chartSeries(data, word);
  const isBar = data.type === "bar";
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 28, top: series.length > 1 ? 40 : 20, bottom: 4, containLabel: true },
    legend: series.length > 1 ? { data: series.map((one) => one.name), top: 0, left: 0, icon: "roundRect", itemWidth: 14, itemHeight: 4, textStyle: { color: soft } } : undefined,
    tooltip: { trigger: "axis", confine: true, formatter: tooltip(data) },
    xAxis: {
      type: "category",
      data: data.labels,
      boundaryGap: isBar,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: cssValue("--line-strong") } },
      axisLabel: { color: soft, hideOverlap: true },
    },
    yAxis: { type: "value", scale: !isBar, axisLabel: { color: soft }, splitLine: { lineStyle: { color: cssValue("--line") } } },
    series: [...series, ...intervalBand(data)],
  };
}

function draw(canvas) {
  if (canvas.dataset.drawn) return;
  canvas.dataset.drawn = "1";
  const chart = window.echarts.init(canvas, null, { renderer: "svg" });
  chart.setOption(chartOptions(JSON.parse(document.getElementById(canvas.dataset.chart).textContent), canvas.dataset.targetWord));
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

function drawAll() {
  const canvases = document.querySelectorAll("[data-chart]");
  if (!canvases.length) return;
  if (window.echarts) return canvases.forEach(draw);
  const source = canvases[0].dataset.library;
  if (document.querySelector(`script[src="${source}"]`)) return;
  document.head.append(Object.assign(document.createElement("script"), { src: source, onload: drawAll }));
}

drawAll();
document.addEventListener("htmx:load", drawAll);
