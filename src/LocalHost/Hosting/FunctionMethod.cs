using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Cairn.LocalHost.Hosting;

/// <summary>A method marked as a function, with its one trigger.</summary>
/// <param name="Trigger">An HTTP, timer or Event Hub trigger attribute.</param>
/// <param name="TriggerParameter">The parameter that carries it.</param>
/// <param name="Retry">Null where a failed invocation is not run again.</param>
sealed record FunctionMethod(string Name, MethodInfo Method, TriggerBindingAttribute Trigger, ParameterInfo TriggerParameter, RetryAttribute? Retry)
{
    /// <summary>All functions of some classes, in order of their names.</summary>
    /// <exception cref="InvalidOperationException">
    /// A rule of the official build is broken (Azure/azure-functions-dotnet-worker, docs/analyzer-rules): each would fail there, so it fails here.
    /// </exception>
    public static IReadOnlyList<FunctionMethod> Discover(IEnumerable<Type> classes)
    {
        const BindingFlags anyMethod = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var functions = classes.Where(type => type is { IsClass: true, ContainsGenericParameters: false })
            .SelectMany(type => type.GetMethods(anyMethod))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(Read)
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        var twice = functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"two functions are named {twice.Key} (AZFW0017)");
        return functions;
    }

    static FunctionMethod Read(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var where = $"function {name} ({method.DeclaringType}.{method.Name})";
        if (!method.IsPublic || method.DeclaringType is not { IsVisible: true })
            throw new InvalidOperationException($"{where} must be public, for generated code calls it");
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            throw new InvalidOperationException($"{where} is async void: nobody could await it (AZFW0002)");
        var triggers = method.GetParameters()
            .Select(parameter => (Parameter: parameter, Trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(found => found.Trigger is not null)
            .ToList();
        if (triggers.Count != 1) throw new InvalidOperationException($"{where} has {triggers.Count} triggers; a function has one");
        var (parameter, trigger) = triggers[0];
        if (trigger is EventHubTriggerAttribute { IsBatched: var isBatched } && isBatched != parameter.ParameterType.IsArray)
            throw new InvalidOperationException($"{where}: a batch is an array, a single event is not (AZFW0008)");
        return new FunctionMethod(name, method, trigger!, parameter, method.GetCustomAttribute<RetryAttribute>());
    }
}
