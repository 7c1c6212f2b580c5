export function readmeCommands() {
  return [];
}
