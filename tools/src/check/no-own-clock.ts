/**
 * An oxlint rule for the domain: no time and no randomness of its own (DESIGN §4: both come in as functions).
 *
 * What a rule of oxlint's can name (`Date.now`, `Math.random`, `process`) is in .oxlintrc.json; this is what
 * none of them can: `new Date()` is forbidden, `new Date(milliseconds)` is not.
 */
interface Node {
  type: string;
  callee: { type: string; name?: string };
  arguments: unknown[];
}

interface Context {
  report: (finding: { node: Node; message: string }) => void;
}

const noOwnClock = {
  create(context: Context) {
    const isDate = (node: Node) => node.callee.type === 'Identifier' && node.callee.name === 'Date';
    const message = 'This reads the machine’s clock. Take a `Clock` and call it.';
    return {
      NewExpression(node: Node) {
        if (isDate(node) && node.arguments.length === 0) context.report({ node, message });
      },
      // `Date()` ignores its arguments and always gives the current time.
      CallExpression(node: Node) {
        if (isDate(node)) context.report({ node, message });
      },
    };
  },
};

export default { meta: { name: 'daypass' }, rules: { 'no-own-clock': noOwnClock } };
