using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.LocalHost.Hosting;

/// <summary>Whether a function class needs a scope of its own for every invocation, or can be made from singletons.</summary>
sealed class ServiceNeeds(IServiceCollection services)
{
    /// <summary>True where anything that a constructor takes is scoped, itself or further in, or can't be told.</summary>
    public bool NeedsScope(Type functionClass) => OfConstructor(functionClass, []);

    bool OfConstructor(Type type, HashSet<Type> seen) =>
        type.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(constructor => constructor.GetParameters())
            .Any(parameter => OfService(parameter.ParameterType, seen));

    bool OfService(Type service, HashSet<Type> seen)
    {
        if (!seen.Add(service)) return false;
        var descriptor = services.LastOrDefault(candidate => candidate.ServiceType == service && !candidate.IsKeyedService)
            ?? services.LastOrDefault(candidate => service.IsConstructedGenericType && candidate.ServiceType == service.GetGenericTypeDefinition());
        return descriptor switch
        {
            null => true,
            { Lifetime: ServiceLifetime.Singleton } => false,
            { Lifetime: ServiceLifetime.Transient, ImplementationType: { } type } => OfConstructor(type, seen),
            _ => true,
        };
    }
}
