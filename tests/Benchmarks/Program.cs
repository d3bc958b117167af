using Cairn.Benchmarks;
using Cairn.Support;

// Every IBenchmark of this assembly, by name. `list` says what there is; `--keep` stores the text under results/.
var benchmarks = typeof(IBenchmark).Assembly.GetTypes()
    .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBenchmark)))
    .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
    .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)
    .ToArray();

var wanted = args.FirstOrDefault();
if (benchmarks.FirstOrDefault(benchmark => benchmark.Name == wanted) is not { } chosen)
{
    Console.WriteLine("dotnet run -c Release --project tests/Benchmarks -- NAME [ARGUMENTS] [--keep]");
    foreach (var benchmark in benchmarks) Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Says}");
    return wanted is null or "list" ? 0 : 2;
}

using var text = new StringWriter();
using var both = new Echo(Console.Out, text);
both.WriteLine($"{chosen.Name}: {chosen.Says}");
both.WriteLine(Machine.Describe());
await chosen.RunAsync([.. args.Skip(1).Where(argument => argument != "--keep")], both);
if (args.Contains("--keep"))
{
    Directory.CreateDirectory(RepositoryFolder.Of("tests", "Benchmarks", "results"));
    await File.WriteAllTextAsync(RepositoryFolder.Of("tests", "Benchmarks", "results", $"{chosen.Name}.txt"), text.ToString());
}
return 0;
