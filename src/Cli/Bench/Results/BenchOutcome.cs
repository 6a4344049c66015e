namespace TtsGrains.Cli.Bench.Results;

/// <summary>The result of a benchmark.</summary>
/// <param name="Table">For people: a Markdown table.</param>
/// <param name="Objects">For programs: one object for each row.</param>
/// <param name="Violations">The rules of order and completeness that were violated, as sentences.</param>
internal sealed record BenchOutcome(string Table, IReadOnlyList<object> Objects, IReadOnlyList<string> Violations);
