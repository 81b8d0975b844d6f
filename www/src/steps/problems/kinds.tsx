import { useRef, useState } from "preact/hooks";
import type { Issue } from "split-events";
import {
  count,
  type IssueGroup,
  inputErrors,
  isInputError,
  issueGroups,
  sentence,
  withOptions,
} from "split-events/internal/words";
import type { Report } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { Foreign } from "../../ui/foreign.js";
import { Notice } from "../../ui/notice.js";

const FIRST = 5;
const text = messages.problems;

/** Lists the issues by code: the gravest first, of these those whose events the service would drop. */
export function Kinds({ report, dropped }: { report: Report; dropped: ReadonlySet<string> }) {
  const issues = report.issues.filter((issue) => !isInputError(issue));
  const groups = issueGroups(issues, report.issueCounts, dropped);
  const hasFiles = new Set(report.issues.map(({ file }) => file)).size > 1;
  return (
    <div class="issues">
      {groups.map((group, at) => (
        <Kind
          key={group.code}
          group={group}
          isDropped={dropped.has(group.code)}
          hasFiles={hasFiles}
          isFirst={at === 0}
        />
      ))}
    </div>
  );
}

/** Returns what is wrong with the input as a whole. */
export function troublesOf(report: Report): Issue[] {
  return inputErrors(report);
}

/** Lists what is wrong with the input as a whole, one line each. */
export function InputTroubles({
  report,
  unread,
  more,
}: {
  report: Report;
  unread: string | undefined;
  more?: string | undefined;
}) {
  return (
    <Notice tone="error">
      {troublesOf(report).map(({ file, line, message, hint }, at) => (
        <p key={at}>
          <Foreign text={file ?? text.input} name />
          {line === null || line === 1 ? "" : text.line(line)}
          {inPageNames(`: ${message}; ${hint}.`)}
        </p>
      ))}
      {unread !== undefined && <p>{unread}.</p>}
      {more !== undefined && <p>{more}</p>}
    </Notice>
  );
}

interface KindProps {
  group: IssueGroup;
  isDropped: boolean;
  hasFiles: boolean;
  isFirst: boolean;
}

function Kind({ group: { code, n, issues }, isDropped, hasFiles, isFirst }: KindProps) {
  const { severity, message, hint } = issues[0];
  // there may be hundreds of kinds with a hundred places each
  const [isOpen, setOpen] = useState(isFirst);
  return (
    <details
      class={`issue ${severity}`}
      data-code={code}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span class="severity">{text.severities[severity]}</span>
        <span class="message">{inPageNames(message)}</span>
        <span class="n">{text.times(n)}</span>
      </summary>
      <div class="body">
        {isOpen && (
          <>
            <p class="hint">{sentence(inPageNames(hint))}</p>
            <Places issues={issues} hasFiles={hasFiles} />
            <p class="small">
              <code>{code}</code>
              {isDropped && text.dropped}
              {n > issues.length && text.firstOf(issues.length, n)}
            </p>
          </>
        )}
      </div>
    </details>
  );
}

function Places({ issues, hasFiles }: { issues: readonly Issue[]; hasFiles: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const next = useRef<HTMLTableRowElement>(null);
  const shown = isWhole ? issues : issues.slice(0, FIRST);
  const { file, line, event, field, found } = text.headings;
  const headings = [...(hasFiles ? [file] : []), line, event, field, found];
  const showAll = () => {
    setWhole(true);
    setTimeout(() => next.current?.focus());
  };
  return (
    <div>
      <table class="places">
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((issue, at) => (
            <tr key={at} tabIndex={-1} ref={at === FIRST ? next : null}>
              {hasFiles && (
                <td data-heading={file}>
                  <Foreign text={issue.file ?? ""} name />
                </td>
              )}
              <td data-heading={line}>{issue.line === null ? "–" : count(issue.line)}</td>
              <td data-heading={event}>{issue.index === null ? "–" : count(issue.index + 1)}</td>
              <td data-heading={field}>{issue.path === "" ? "–" : <Foreign text={issue.path} />}</td>
              <td data-heading={found}>
                <Found issue={issue} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {issues.length > shown.length && (
        <Button look="link" onPress={showAll}>
          {text.showMore(issues.length - shown.length)}
        </Button>
      )}
    </div>
  );
}

function Found({ issue: { path, byteOffset, got } }: { issue: Issue }) {
  if (got === "") return <>{text.nothing}</>;
  return (
    <span>
      {/* no field says where to look */}
      {path === "" && byteOffset !== null && text.atByte(byteOffset)}
      <code>
        <Foreign text={got} />
      </code>
    </span>
  );
}

function inPageNames(said: string): string {
  return withOptions(said, (option) => text.options[option]);
}
