namespace Cairn.Query.Definitions;

/// <summary>A report that can't be asked as it is described. The fault is the asker's; the message says what would be valid.</summary>
/// <param name="field">The part of the definition at fault, in our own API's words.</param>
public sealed class DefinitionException(string field, string message) : Exception(message)
{
    public string Field { get; } = field;
}
