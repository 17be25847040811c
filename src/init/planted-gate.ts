export * from "../domain/port.ts";
