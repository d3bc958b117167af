namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a method as a function; the name is unique in the app.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Extensions.Abstractions, same type and members.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name in the app.</summary>
    public string Name { get; } = name;
}
