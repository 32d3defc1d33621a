// Asks the region node that serves this app. Every address is relative to the app, so that a node behind a path
// prefix is asked as well; nobody else is ever asked.
import { spoken } from "../shared/words";

/** The node said no, in the language of this phone: what, and what to do next. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    readonly nextStep: string,
  ) {
    super(title);
    this.name = "Refusal";
  }
}

/** The node could not be reached; what was sent may or may not have arrived. */
export class NoAnswer extends Error {}

const NODE = new URL("../", new URL("./", location.href));
const PATIENCE_MS = 20_000;

interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly next_step?: string;
}

/** Ask the node and give the whole response. Throws Refusal, NoAnswer. */
export async function send(method: string, path: string, token: string | null, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { "accept-language": spoken() === "zh" ? "zh-Hans" : "en", accept: "application/json" };
  if (token !== null) headers["authorization"] = `Bearer ${token}`;
  const wanted: RequestInit = { method, headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    wanted.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(new URL(path, NODE), wanted);
  } catch (error) {
    throw new NoAnswer("the node cannot be reached", { cause: error });
  }
  if (answer.ok) return answer;
  const problem = await readProblem(answer);
  if (problem === null) throw new NoAnswer(`something else answered: ${answer.status}`);
  const code = (problem.type ?? "").split(":").at(-1) ?? "";
  throw new Refusal(answer.status, code, problem.title ?? "", problem.next_step ?? "");
}

async function readProblem(answer: Response): Promise<Problem | null> {
  try {
    return (await answer.json()) as Problem;
  } catch {
    return null; // a proxy's page: as good as no answer
  }
}

/** Ask the node and give its JSON, or undefined where it has nothing to say. Throws Refusal, NoAnswer. */
export async function ask<T>(method: string, path: string, token: string | null, body?: unknown): Promise<T> {
  const answer = await send(method, path, token, body);
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch (error) {
    throw new NoAnswer("the answer was cut off", { cause: error });
  }
}
