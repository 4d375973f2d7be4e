import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { limitText } from "./limit_text.ts";

export function Spinner({ label }: { label: string }) {
  return (
    <main class="centered" aria-busy="true">
      <div class="spinner" aria-hidden="true" />
      <p role="status">{label}</p>
    </main>
  );
}

/** An error in words; read out when it appears. */
export function Problem({ children }: { children: ComponentChildren }) {
  return (
    <div role="alert" class="problem-slot">
      {children ? <p class="problem" data-testid="problem">{children}</p> : null}
    </div>
  );
}

export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" width="1.75rem" height="1.75rem" aria-hidden="true">
        <path d="M9 28V12l-2-2V4h4v3h3V4h4v3h3V4h4v6l-2 2v16h-5v-6a2 2 0 0 0-4 0v6z" fill="currentColor" />
      </svg>
      Dark Tower
    </span>
  );
}

/** A page that has one thing to say. */
export function NoticePage({ children }: { children: ComponentChildren }) {
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
      </header>
      <main class="centered">{children}</main>
    </div>
  );
}

interface FieldProps {
  label: string;
  name: string;
  type?: "text" | "email" | "password";
  value: string;
  onValue(value: string): void;
  autocomplete?: string;
  /** In characters, as `cutText` counts them. */
  maxLength?: number;
  minLength?: number;
  placeholder?: string;
  required?: boolean;
  /** Shown, and can't be changed. */
  isReadOnly?: boolean;
  /** Phones show digits alone. */
  isNumber?: boolean;
  testId?: string;
  hint?: string;
  /** Why what it holds was refused, in words. */
  problem?: string | undefined;
}

/** A refused form goes to the first field that was refused: the button that was pressed may be far below. */
function useFirstRefused(problem: string | undefined) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const first = field.current?.form?.querySelector('[aria-invalid="true"]');
    if (problem && first === field.current) field.current?.focus();
  }, [problem]);
  return field;
}

export function Field(props: FieldProps) {
  const field = useFirstRefused(props.problem);
  const labelId = `${props.name}-label`;
  const hintId = `${props.name}-hint`;
  const problemId = `${props.name}-problem`;
  const attributes = {
    ref: field,
    name: props.name,
    value: props.value,
    ...limitText(props.maxLength, props.onValue),
    autocomplete: props.autocomplete ?? "off",
    minLength: props.minLength,
    placeholder: props.placeholder,
    required: props.required ?? false,
    readOnly: props.isReadOnly ?? false,
    inputMode: props.isNumber ? "numeric" as const : undefined,
    "data-testid": props.testId,
    // Not all that stands in the label: the rest describes it, and would be read twice.
    "aria-labelledby": labelId,
    "aria-invalid": props.problem ? true : undefined,
    "aria-describedby": props.problem ? problemId : props.hint ? hintId : undefined,
  };
  return (
    <label class="field">
      <span id={labelId}>{props.label}</span>
      {props.type === "email"
        ? <input type="email" {...attributes} />
        : props.type === "password"
        ? <input type="password" {...attributes} />
        : <input type="text" dir="auto" {...attributes} />}
      {props.problem
        ? (
          // With keys it is another element than the hint's: an alert is said as it comes, not as its words change.
          <small
            key="problem"
            id={problemId}
            class="field-problem"
            role="alert"
            data-testid="field-problem"
          >
            {props.problem}
          </small>
        )
        : props.hint
        ? <small key="hint" id={hintId}>{props.hint}</small>
        : null}
    </label>
  );
}

interface SubmitProps {
  testId: string;
  /** What it sent is not answered yet: it sends nothing, and keeps the focus, which a disabled button loses. */
  isBusy: boolean;
  isWide?: boolean;
  /** The id of its form, where it doesn't stand in it. */
  form?: string;
  children: ComponentChildren;
}

/** Sends a form. Enter in one of the form's fields is a click on it, too. */
export function Submit({ testId, isBusy, isWide = false, form, children }: SubmitProps) {
  return (
    <button
      type="submit"
      form={form}
      class={isWide ? "primary wide" : "primary"}
      aria-disabled={isBusy}
      data-testid={testId}
      onClick={(event) => isBusy && event.preventDefault()}
    >
      {children}
    </button>
  );
}

interface CheckProps {
  label: string;
  hint?: string;
  name: string;
  checked: boolean;
  onChecked(checked: boolean): void;
}

export function Check({ label, hint, name, checked, onChecked }: CheckProps) {
  const [labelId, hintId] = [`${name}-label`, `${name}-hint`];
  return (
    <label class="check">
      <input
        type="checkbox"
        name={name}
        data-testid={name}
        checked={checked}
        aria-labelledby={labelId}
        aria-describedby={hint ? hintId : undefined}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>
        <span id={labelId}>{label}</span>
        {hint ? <small id={hintId}>{hint}</small> : null}
      </span>
    </label>
  );
}
