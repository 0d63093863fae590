// The acts of a day, as they come in.

import type { Act } from "../../api/office";
import { useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import type { List } from "../office/use-list";
import { ActCards, actSheet } from "./act-card";

/** The list. */
export function Acts(props: { list: List<Act>; day: string }) {
  const { say, language } = useWords();
  return (
    <ListFrame
      title={say("acts_title", { day: props.day })}
      list={props.list}
      empty={say("acts_none")}
      emptyWhy={say("acts_none_why")}
      sheet={actSheet(say, language)}
    >
      {(items) => <ActCards acts={items} />}
    </ListFrame>
  );
}
