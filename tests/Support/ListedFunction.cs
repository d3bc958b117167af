using System.Reflection;
using Cairn.Functions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Cairn.Support;

/// <summary>A function: what triggers it, and who may call it.</summary>
/// <param name="Trigger">HTTP methods with commas, <c>clock</c> or <c>stream</c>.</param>
/// <param name="Route">A route, a schedule, or a hub's name.</param>
/// <param name="Access">Only in the golden list: see its head.</param>
/// <param name="Call">Only in the golden list: a request's method and path.</param>
public sealed record ListedFunction(string Name, string Trigger, string Route, string Access = "", string Call = "")
{
    /// <summary>tests/Golden/functions/functions.txt.</summary>
    public static IReadOnlyList<ListedFunction> Golden { get; } =
        [.. File.ReadLines(RepositoryFolder.Of("tests", "Golden", "functions", "functions.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    /// <summary>What the app's assembly holds, by name.</summary>
    public static IReadOnlyList<ListedFunction> InAssembly { get; } =
        [.. typeof(AppServices).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(Of)
            .OrderBy(function => function.Name, StringComparer.Ordinal)];

    /// <summary>The line of the golden list, without access.</summary>
    public string Signature => $"{Name} | {Trigger} | {Route}";

    static ListedFunction Of(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        return method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TriggerBindingAttribute>()).Single(trigger => trigger is not null) switch
        {
            HttpTriggerAttribute http => new(name, string.Join(',', http.Methods!.Select(word => word.ToUpperInvariant())), http.Route ?? name),
            TimerTriggerAttribute timer => new(name, "clock", timer.Schedule),
            EventHubTriggerAttribute hub => new(name, "stream", hub.EventHubName),
            var other => throw new InvalidOperationException($"{name} has a trigger that this list does not know: {other}"),
        };
    }

    static ListedFunction Parse(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        return parts.Length == 5 ? new(parts[0], parts[1], parts[2], parts[3], parts[4]) : throw new InvalidDataException($"'{line}' has {parts.Length} columns, expected 5");
    }
}
