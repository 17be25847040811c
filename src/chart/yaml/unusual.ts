/** YAML that {@link readPlainYaml} leaves to the library. */
export class Unusual extends Error {
	override readonly name = "Unusual";
}
