import { DayPassElement } from './element/day-pass-element.ts';

export { DayPassElement };

// Loaded twice, by a page and by something in it, the first one stays.
if (typeof customElements !== 'undefined' && !customElements.get('day-pass')) {
  customElements.define('day-pass', DayPassElement);
}
