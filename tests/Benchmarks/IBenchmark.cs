namespace Cairn.Benchmarks;

/// <summary>One measurement that can be run by name: <c>dotnet run -c Release --project tests/Benchmarks -- NAME [ARGUMENTS]</c>.</summary>
interface IBenchmark
{
    /// <summary>The word on the command line, and the name of the results file.</summary>
    string Name { get; }

    /// <summary>One sentence: what is measured, against what, and the arguments with their defaults.</summary>
    string Says { get; }

    /// <summary>Measures, and writes what was seen; the text becomes <c>results/{Name}.txt</c> with <c>--keep</c>.</summary>
    Task RunAsync(IReadOnlyList<string> arguments, TextWriter report);
}
