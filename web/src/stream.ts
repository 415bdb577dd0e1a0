// One event of a reply that is told as it happens.
export interface StreamEvent {
  name: string;
  data: any;
}

// Of the text between two blank lines; null for a comment.
export function parse(text: string): StreamEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
