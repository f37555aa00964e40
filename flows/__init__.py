"""When things happen and in what order: one flow per stage, and the pipeline. The only importer of Prefect."""
