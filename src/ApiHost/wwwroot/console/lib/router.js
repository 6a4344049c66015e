// Views by the URL's fragment, such as #/archive/call-1. A view is a function of its container and path; it may return a function that ends it.

let stop = null;

/** Shows the view that the fragment names, now and whenever it changes. */
export function start(container, views, onShown) {
  const show = () => {
    const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/');
    const view = views[name] ? name : Object.keys(views)[0];
    stop?.();
    container.replaceChildren();
    stop = views[view].show(container, rest.map(decodeURIComponent)) ?? null;
    onShown(view);
  };
  window.addEventListener('hashchange', show);
  show();
  return () => { window.removeEventListener('hashchange', show); stop?.(); stop = null; };
}
