// Draws every [data-chart] from the JSON in the page; ECharts is fetched only where there is one. The table twin needs none of this.
"use strict";

const ACCENTS = ["#0b6b72", "#c07a1e", "#5b6fb5", "#7a8f3c", "#a2567e", "#6b7f83"];

function cssValue(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function targetLine(data, word) {
  if (data.target === undefined || data.target === null) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: cssValue("--ink-soft"), type: "dashed", width: 1 },
    label: { formatter: `${word} {c}`, position: "insideEndTop", color: cssValue("--ink-soft") },
    data: [{ yAxis: data.target }],
  };
}

// Keeps the target in sight where all values lie on one side of it.
function range(data) {
  if (data.target === undefined || data.target === null) return {};
  return { min: (extent) => (data.type === "bar" ? 0 : Math.floor(Math.min(extent.min, data.target))), max: (extent) => Math.ceil(Math.max(extent.max, data.target)) };
}

function chartSeries(data, word) {
  return data.series.map((one, index) => ({
    name: one.name,
    type: data.type === "bar" ? "bar" : "line",
    data: one.values,
    barMaxWidth: 28,
    symbolSize: 6,
    connectNulls: false,
    lineStyle: { width: 2 },
    itemStyle: { color: ACCENTS[index % ACCENTS.length], borderRadius: data.type === "bar" ? [3, 3, 0, 0] : 0 },
    markLine: index === 0 ? targetLine(data, word) : undefined,
  }));
}

function chartOptions(data, word) {
  const soft = cssValue("--ink-soft");
  const font = getComputedStyle(document.body).fontFamily;
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 16, top: data.series.length > 1 ? 36 : 20, bottom: 4, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: { color: soft } } : undefined,
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => (value === null || value === undefined ? "–" : `${value}${data.unit || ""}`) },
    xAxis: { type: "category", data: data.labels, boundaryGap: data.type === "bar", axisTick: { show: false }, axisLine: { lineStyle: { color: cssValue("--line-strong") } }, axisLabel: { color: soft, hideOverlap: true } },
    yAxis: { type: "value", scale: data.type !== "bar", ...range(data), axisLabel: { color: soft }, splitLine: { lineStyle: { color: cssValue("--line") } } },
    series: chartSeries(data, word),
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
