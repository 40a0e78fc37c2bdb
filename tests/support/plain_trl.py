"""A training script that knows nothing of Lemma: a folder, a model, two steps. Usage: KIND FOLDER MODEL OUT."""

import json
import sys

from datasets import load_dataset

kind, folder, model, out = sys.argv[1:]
data = load_dataset(folder, cache_dir=f"{out}/cache")
shared = {
    "output_dir": out, "max_steps": 2, "per_device_train_batch_size": 4, "report_to": "none", "use_cpu": True,
    "save_strategy": "no", "logging_steps": 1, "max_length": 256, "disable_tqdm": True,
}  # fmt: skip
if kind == "rl":
    from trl.rewards import accuracy_reward

    answers = [[{"role": "assistant", "content": f"So it is {solution}."}] for solution in data["train"]["solution"]]
    right = accuracy_reward(answers, data["train"]["solution"])
    wrong = accuracy_reward(answers, [r"\boxed{-12345}"] * len(answers))
    print(json.dumps({"right": right, "wrong": wrong, "columns": data["train"].column_names}))
    sys.exit()
if kind == "dpo":
    from trl import DPOConfig, DPOTrainer

    trainer = DPOTrainer(model, args=DPOConfig(**shared), train_dataset=data["train"])
else:
    from trl import SFTConfig, SFTTrainer

    trainer = SFTTrainer(model, args=SFTConfig(**shared), train_dataset=data["train"])
trainer.train()
print(json.dumps({"losses": [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]}))
