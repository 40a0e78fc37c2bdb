// Carries small orders (colours, another policy, a comparison) from Python to a mounted lens,
// so that they never travel inside its large payload.

export default function (component) {
  const order = component.data;
  const lenses = (globalThis.lemmaLenses ??= new Map());
  lenses.set(`${order.lens}.waiting`, order);
  const view = lenses.get(order.lens);
  if (view) view.command(order);
}
