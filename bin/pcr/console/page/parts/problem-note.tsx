import type { ApiProblem } from '../../api.ts';

/** Says why the server refused a request, in place of what it would have answered. */
export function ProblemNote({ problem }: { readonly problem: ApiProblem }) {
  return (
    <p class="note bad" role="alert">
      <strong>Problem:</strong> {problem.message}
    </p>
  );
}
